import { createRequire } from 'node:module';
import { EventStore } from '@castore/core';
import { LegacyDynamoDBEventStorageAdapter as Adapter } from '@castore/event-storage-adapter-dynamodb';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { losingReplies, withTable } from './scenario.mjs';

const require = createRequire(import.meta.url);
export const version = require('@castore/event-storage-adapter-dynamodb/package.json').version;

const KEYS = ['aggregateId', 'version'];
const open = (tableName, dynamoDBClient) =>
  new EventStore({
    eventStoreId: 'counters',
    eventTypes: [],
    eventStorageAdapter: new Adapter({ tableName, dynamoDBClient }),
    reducer: (state, event) => ({
      aggregateId: event.aggregateId,
      version: event.version,
      count: (state?.count ?? 0) + 1,
    }),
  });

/** As its documentation has it: load, decide, push, and begin again when somebody else was faster. */
async function command(store) {
  for (let attempt = 1; ; attempt += 1) {
    const { events } = await store.getEvents('1', {});
    try {
      return await store.pushEvent({ aggregateId: '1', version: events.length + 1, type: 'COUNTED', payload: {} });
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

export const defects = [
  {
    id: 'castore-1',
    title: 'Takes version 7 of a stream that has no events',
    run: ({ access }) =>
      withTable(access, KEYS, async (table) => {
        const store = open(table, new DynamoDB(access));
        const outcome = await store.pushEvent({ aggregateId: '1', version: 7, type: 'COUNTED', payload: {} }).then(
          () => 'accepted',
          (error) => `refused: ${error.message}`,
        );
        return { defective: outcome === 'accepted', seen: `version 7 was ${outcome}` };
      }),
  },
  {
    id: 'castore-2',
    title: 'Stores the events of a command twice when the reply to a write is lost',
    run: ({ access }) =>
      withTable(access, KEYS, async (table) => {
        const store = open(table, losingReplies(access, 0.3, 7));
        let failed = 0;
        for (let index = 0; index < 100; index += 1) await command(store).catch(() => (failed += 1));
        const { events } = await open(table, new DynamoDB(access)).getEvents('1', {});
        return {
          defective: events.length > 100,
          seen: `100 commands, 30 % of the replies lost: ${events.length} events stored, ${failed} commands failed`,
        };
      }),
  },
];
