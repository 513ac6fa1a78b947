import { addLine, emptyOrder, EVENT_TYPE } from './workload.mjs';

export const emmett = {
  name: 'emmett',
  note: 'memory',
  peer: true,
  async open(hooks) {
    const { getInMemoryEventStore } = await import('@event-driven-io/emmett');
    const events = getInMemoryEventStore(hooks ? { hooks } : undefined);
    const evolve = (order, event) => addLine(order, event.data);
    return {
      events,
      append: (stream, version, payloads) =>
        events.appendToStream(
          stream,
          payloads.map((data) => ({ type: EVENT_TYPE, data })),
          { expectedStreamVersion: version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(version) },
        ),
      load: async (stream) => (await events.aggregateStream(stream, { evolve, initialState: emptyOrder })).state,
      count: async (stream) => (await events.readStream(stream)).events.length,
    };
  },
};
