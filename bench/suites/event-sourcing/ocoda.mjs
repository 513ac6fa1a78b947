import { createRequire } from 'node:module';
import { createTable, nextTable, openClient } from './dynamodb-client.mjs';
import { addLine, emptyOrder, EVENT_TYPE } from './workload.mjs';

const require = createRequire(import.meta.url);

/** Events are instances of classes, which it knows by name. Nobody listens to its bus, unless `publish` is given. */
async function openOn(makeStore, pool, publish = () => undefined) {
  require('reflect-metadata');
  const {
    Aggregate,
    AggregateRoot,
    DefaultEventSerializer,
    Event,
    EventMap,
    EventStream,
  } = require('@ocoda/event-sourcing');
  class LineAdded {}
  Event(EVENT_TYPE)(LineAdded);
  class Order extends AggregateRoot {}
  Aggregate({ streamName: 'order' })(Order);
  const known = new EventMap();
  known.register(LineAdded, DefaultEventSerializer.for(LineAdded));
  const events = makeStore(known);
  events.publish = publish;
  await events.setup(pool);
  const streamOf = (stream) => EventStream.for(Order, { value: stream });
  return {
    // It takes the version after the append.
    append: (stream, version, payloads) =>
      events.appendEvents(
        streamOf(stream),
        version + payloads.length,
        payloads.map((data) => Object.assign(new LineAdded(), data)),
        pool,
      ),
    async load(stream) {
      let order = emptyOrder();
      for await (const page of events.getEvents(streamOf(stream), { pool })) {
        for (const event of page) order = addLine(order, event);
      }
      return order;
    },
    async count(stream) {
      let count = 0;
      for await (const page of events.getEvents(streamOf(stream), { pool })) count += page.length;
      return count;
    },
  };
}

export const ocoda = {
  name: 'ocoda',
  note: 'memory',
  peer: true,
  open(publish) {
    const { InMemoryEventStore } = require('@ocoda/event-sourcing/dist/integration/event-store');
    return openOn((known) => new InMemoryEventStore(known), undefined, publish);
  },
};

/** The store that this version has inside; that of later ones is a package that is not in the registry. */
export const ocodaOnDynamoDb = {
  name: 'ocoda',
  note: 'DynamoDB',
  peer: true,
  async open(publish) {
    const {
      DynamoDBEventStore,
    } = require('@ocoda/event-sourcing/dist/integration/event-store/dynamodb.event-store.js');
    const client = await openClient({ Client: require('@aws-sdk/client-dynamodb').DynamoDB });
    const pool = nextTable();
    // The request that it makes the table with itself is refused.
    await createTable(client, `${pool}-events`, [
      ['streamId', 'S'],
      ['version', 'N'],
    ]);
    const opened = await openOn((known) => new DynamoDBEventStore(known, client), pool, publish);
    return { ...opened, close: () => client.destroy() };
  },
};
