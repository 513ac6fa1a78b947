import { createRequire } from 'node:module';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { Codec, Decider, StreamId } from '@equinox-js/core';
import * as Store from '@equinox-js/dynamo-store';
import { losingReplies, withTable } from './scenario.mjs';

const require = createRequire(import.meta.url);
const { readFileSync } = require('node:fs');
const manifest = require.resolve('@equinox-js/dynamo-store').replace(/dist.*$/, 'package.json');
export const version = JSON.parse(readFileSync(manifest, 'utf8')).version;

const KEYS = ['p', 'i'];

function open(tableName, client, maxEvents) {
  const context = Store.DynamoStoreContext.create({
    client: new Store.DynamoStoreClient(client),
    tableName,
    tip: Store.TipOptions.create(maxEvents === undefined ? {} : { maxEvents }),
    query: Store.QueryOptions.create({}),
  });
  const fold = (count, events) => count + events.length;
  const access = Store.AccessStrategy.Unoptimized();
  const codec = Codec.compress(Codec.json());
  const category = Store.DynamoStoreCategory.create(context, 'Counter', codec, fold, 0, undefined, access);
  return Decider.forStream(category, StreamId.create('1'), undefined);
}

const count = (decider) => decider.transact(() => [{ type: 'Counted', data: {} }], undefined, 20);
const counted = async (tableName, access) => {
  let events;
  await open(tableName, new DynamoDB(access)).transact((state) => {
    events = state;
    return [];
  });
  return events;
};

export const defects = [
  {
    id: 'equinox-js-1',
    title: 'Stores the events of a command twice when the reply to a write is lost',
    run: ({ access }) =>
      withTable(access, KEYS, async (table) => {
        const decider = open(table, losingReplies(access, 0.3, 7));
        let failed = 0;
        for (let index = 0; index < 100; index += 1) await count(decider).catch(() => (failed += 1));
        const events = await counted(table, access);
        return {
          defective: events > 100,
          seen: `100 commands, 30 % of the replies lost: ${events} events stored, ${failed} commands failed`,
        };
      }),
  },
  {
    id: 'equinox-js-2',
    title: 'Commands fail with a cancelled transaction where they should be tried again',
    run: ({ access }) =>
      withTable(access, KEYS, async (table) => {
        const errors = [];
        const writer = async () => {
          const decider = open(table, new DynamoDB(access), 2);
          for (let index = 0; index < 20; index += 1) await count(decider).catch(({ name }) => errors.push(name));
        };
        await Promise.all(Array.from({ length: 6 }, writer));
        const cancelled = errors.filter((name) => name === 'TransactionCanceledException').length;
        return {
          defective: cancelled > 0,
          seen: `6 writers, 120 commands, tip of 2 events: ${cancelled} failed with TransactionCanceledException`,
        };
      }),
  },
];
