import { createTable, nextTable, openClient } from './dynamodb-client.mjs';
import { addLine, emptyOrder, EVENT_TYPE } from './workload.mjs';

/** castore numbers events itself by the caller's word and pushes one at a time. */
async function openOn(eventStorageAdapter, onEventPushed) {
  const { EventStore } = await import('@castore/core');
  const events = new EventStore({
    eventStoreId: 'orders',
    eventTypes: [],
    eventStorageAdapter,
    reducer: (order, event) => addLine(order ?? emptyOrder(), event.payload),
    ...(onEventPushed ? { onEventPushed } : {}),
  });
  return {
    async append(stream, version, payloads) {
      for (const payload of payloads) {
        version += 1;
        await events.pushEvent({ aggregateId: stream, version, type: EVENT_TYPE, payload });
      }
    },
    load: async (stream) => (await events.getAggregate(stream)).aggregate ?? emptyOrder(),
    count: async (stream) => (await events.getEvents(stream)).events.length,
  };
}

export const castore = {
  name: 'castore',
  note: 'memory',
  peer: true,
  async open(onEventPushed) {
    const { InMemoryEventStorageAdapter } = await import('@castore/event-storage-adapter-in-memory');
    return openOn(new InMemoryEventStorageAdapter(), onEventPushed);
  },
};

export const castoreOnDynamoDb = {
  name: 'castore',
  note: 'DynamoDB',
  peer: true,
  async open(onEventPushed) {
    const { DynamoDBSingleTableEventStorageAdapter: Adapter } = await import('@castore/event-storage-adapter-dynamodb');
    // Of its own SDK, which its commands come from.
    const { DynamoDB: Client } = await import('@aws-sdk/client-dynamodb');
    const dynamoDBClient = await openClient({ Client });
    const tableName = nextTable();
    await createTable(
      dynamoDBClient,
      tableName,
      [
        ['aggregateId', 'S'],
        ['version', 'N'],
      ],
      {
        name: 'initialEvents',
        keys: [
          ['eventStoreId', 'S'],
          ['timestamp', 'S'],
        ],
      },
    );
    const opened = await openOn(new Adapter({ tableName, dynamoDBClient }), onEventPushed);
    return { ...opened, close: () => dynamoDBClient.destroy() };
  },
};
