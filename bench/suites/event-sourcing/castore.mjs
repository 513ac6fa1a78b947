import { addLine, emptyOrder, EVENT_TYPE } from './workload.mjs';

/** castore numbers events itself by the caller's word and pushes one at a time. */
export const castore = {
  name: 'castore',
  note: 'memory',
  peer: true,
  async open(onEventPushed) {
    const { EventStore } = await import('@castore/core');
    const { InMemoryEventStorageAdapter } = await import('@castore/event-storage-adapter-in-memory');
    const events = new EventStore({
      eventStoreId: 'orders',
      eventTypes: [],
      eventStorageAdapter: new InMemoryEventStorageAdapter(),
      reducer: (order, event) => addLine(order ?? emptyOrder(), event.payload),
      ...(onEventPushed ? { onEventPushed } : {}),
    });
    return {
      events,
      async append(stream, version, payloads) {
        for (const payload of payloads) {
          version += 1;
          await events.pushEvent({ aggregateId: stream, version, type: EVENT_TYPE, payload });
        }
      },
      load: async (stream) => (await events.getAggregate(stream)).aggregate ?? emptyOrder(),
      count: async (stream) => (await events.getEvents(stream)).events.length,
    };
  },
};
