import { createRequire } from 'node:module';
import { DynamoDbEventStore } from 'nestjs-loose-coupling/aws';
import { emulator } from '../../harness/emulator.mjs';
import { OURS } from '../../harness/measure.mjs';
import { wrap } from './ours.mjs';
import { addLine, emptyOrder, EVENT_TYPE, lineAddedMessage } from './workload.mjs';
import { countingWrites } from './written-capacity.mjs';

const require = createRequire(new URL('../../../package.json', import.meta.url));
const { DynamoDB } = require('@aws-sdk/client-dynamodb');

const PENDING = 'pend';

let tables = 0;
const nextTable = () => `bench-${process.pid}-${(tables += 1)}`;

async function openClient() {
  const { access } = await emulator();
  return new DynamoDB(access);
}

export const oursOnDynamoDb = {
  name: OURS,
  note: 'DynamoDB',
  open: async () => openOurs(await openClient()),
};

async function openOurs(api, client = api) {
  const table = nextTable();
  const store = new DynamoDbEventStore({ table, api: client, provision: 'create' });
  await store.ready();
  const close = async () => {
    await store.close();
    api.destroy();
  };
  return { ...wrap(store, close), table };
}

/** One conditional put for each append, in a table like ours, with the same events and messages in it; nothing else is done. */
export const dynamoDbFloor = {
  name: 'floor',
  note: 'raw requests',
  async open() {
    const api = await openClient();
    const table = nextTable();
    const like = new DynamoDbEventStore({ table, api, provision: 'create' });
    await like.ready();
    await like.close();
    return {
      async append(stream, version, payloads, withMessage) {
        const id = crypto.randomUUID();
        const events = payloads.map((data) => [EVENT_TYPE, 1, crypto.randomUUID(), data]);
        const messages = withMessage ? payloads.map((data) => lineAddedMessage(crypto.randomUUID(), data)) : undefined;
        await api.putItem({
          TableName: table,
          Item: {
            pk: { S: `s#${stream}` },
            sk: { N: String(version + 1) },
            to: { N: String(version + payloads.length) },
            cid: { S: id },
            ts: { N: String(Date.now()) },
            [PENDING]: { S: 'p' },
            pts: { N: String(Date.now()) },
            e: { S: JSON.stringify(events) },
            ...(messages && { m: { S: JSON.stringify(messages) }, nm: { N: String(messages.length) } }),
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        });
      },
      async load(stream) {
        let order = emptyOrder();
        for (let from; ;) {
          const { Items, LastEvaluatedKey } = await api.query({
            TableName: table,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': { S: `s#${stream}` } },
            ConsistentRead: true,
            ...(from && { ExclusiveStartKey: from }),
          });
          for (const { e } of Items) for (const [, , , data] of JSON.parse(e.S)) order = addLine(order, data);
          if (!LastEvaluatedKey) return order;
          from = LastEvaluatedKey;
        }
      },
      close: () => api.destroy(),
    };
  },
};

/** Units of write capacity that an append costs: at once, and until its events are in the feed. */
export function writtenCapacity({ variant, batch, appends, withMessage, untilInFeed, payload }) {
  return {
    subject: OURS,
    note: 'DynamoDB',
    variant,
    async open() {
      const api = await openClient();
      const { client, counted } = countingWrites(api, PENDING);
      return { ...(await openOurs(api, client)), counted };
    },
    async run(store) {
      for (let version = 0; version < appends * batch; version += batch) {
        await store.append(
          'order',
          version,
          Array.from({ length: batch }, (_, index) => payload(version + index)),
          withMessage,
        );
      }
      if (!untilInFeed) return store.counted.table / appends;
      const count = await store.readAll();
      if (count !== appends * batch) throw new Error(`${count} of ${appends * batch} events are in the feed.`);
      return (store.counted.table + store.counted.index) / appends;
    },
    close: (store) => store.close(),
  };
}
