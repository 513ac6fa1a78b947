import { createRequire } from 'node:module';
import 'reflect-metadata';
import { withTable } from './scenario.mjs';

const require = createRequire(import.meta.url);
const { DynamoDB } = require('@aws-sdk/client-dynamodb');
const {
  Aggregate,
  AggregateRoot,
  DefaultEventSerializer,
  Event,
  EventMap,
  EventStream,
} = require('@ocoda/event-sourcing');
const { DynamoDBEventStore } = require('@ocoda/event-sourcing/dist/integration/event-store/dynamodb.event-store.js');

export const version = require('@ocoda/event-sourcing/package.json').version;

class Counted {}
Event('COUNTED')(Counted);
class Counter extends AggregateRoot {}
Aggregate({ streamName: 'counter' })(Counter);
const events = new EventMap();
events.register(Counted, DefaultEventSerializer.for(Counted));

/** A store of its own on the table, as another process has it; it keeps what left through its bus. */
function open(table, access) {
  const published = [];
  const store = new DynamoDBEventStore(events, new DynamoDB(access));
  store.publish = (envelope) => published.push(envelope);
  const stream = EventStream.for(Counter, { value: '1' });
  const pool = table.replace(/-events$/, '');
  return {
    published,
    append: (after, by) => store.appendEvents(stream, after, [Object.assign(new Counted(), { by })], pool),
    async read() {
      const read = [];
      for await (const page of store.getEvents(stream, { pool })) read.push(...page);
      return read;
    },
  };
}

const KEYS = ['streamId', 'version'];
/** It looks for its events in a table whose name ends so. */
const onTable = (access, work) => withTable(access, KEYS, work, '-events');

export const defects = [
  {
    id: 'ocoda-1',
    title: 'Takes version 7 of a stream that has no events',
    run: ({ access }) =>
      onTable(access, async (table) => {
        const outcome = await open(table, access)
          .append(7, 'one')
          .then(
            () => 'accepted',
            (error) => `refused: ${error.message}`,
          );
        return { defective: outcome === 'accepted', seen: `version 7 was ${outcome}` };
      }),
  },
  {
    id: 'ocoda-2',
    title: 'Acknowledges both of two writers of the same version, and loses the event of one',
    run: ({ access }) =>
      onTable(access, async (table) => {
        const writers = ['one', 'other'].map((by) => ({ by, store: open(table, access) }));
        let acknowledged = 0;
        for (let version = 1; version <= 50; version += 1) {
          const settled = await Promise.allSettled(writers.map(({ by, store }) => store.append(version, by)));
          acknowledged += settled.filter(({ status }) => status === 'fulfilled').length;
        }
        const { length: stored } = await open(table, access).read();
        const published = writers.reduce((sum, { store }) => sum + store.published.length, 0);
        return {
          defective: stored < acknowledged,
          seen: `2 writers, 50 versions: ${acknowledged} appends acknowledged, ${published} events published, ${stored} stored`,
        };
      }),
  },
];
