import { DynamoDbEventStore } from 'nestjs-loose-coupling/aws';
import { OURS } from '../../harness/measure.mjs';
import { nextTable, openClient } from './dynamodb-client.mjs';
import { wrap } from './ours.mjs';
import { addLine, emptyOrder, EVENT_TYPE, lineAddedMessage } from './workload.mjs';
import { countingWrites } from './written-capacity.mjs';

const PENDING = 'pend';

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

/** One conditional put of the same item for each append, in a table like ours; nothing else is done. */
export const dynamoDbFloor = {
  name: 'floor',
  note: 'raw requests',
  async open(access) {
    const api = await openClient({ access });
    const table = nextTable();
    const like = new DynamoDbEventStore({ table, api, provision: 'create' });
    await like.ready();
    await like.close();
    return {
      async append(stream, version, payloads, withMessage) {
        const id = crypto.randomUUID();
        const events = payloads.map((data) => [EVENT_TYPE, 1, crypto.randomUUID(), data]);
        const messages = withMessage ? payloads.map((data) => storedMessage(stream, data)) : undefined;
        await api.putItem({
          TableName: table,
          Item: {
            pk: { S: `s#${stream}` },
            sk: { N: String(version + 1) },
            to: { N: String(version + payloads.length) },
            cid: { S: id },
            ts: { N: String(Date.now()) },
            [PENDING]: { S: 'P#0' },
            pts: { N: String(Date.now() * 1000) },
            e: { S: JSON.stringify(events) },
            ...(messages && { m: { S: JSON.stringify(messages) }, nm: { N: String(messages.length) } }),
          },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
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
      api,
      table,
    };
  },
};

function storedMessage(stream, data) {
  const { envelope, ...message } = lineAddedMessage(crypto.randomUUID(), data);
  return { ...message, lanes: [stream], text: JSON.stringify(envelope) };
}

const TAIL = 100;

/** One get of a state and one query of the last hundred events, four items, in a stream as long as the others. */
export const dynamoDbSnapshotFloor = (access) => ({
  name: 'floor',
  note: 'a raw get and a raw query',
  async open() {
    const { api, table, append, close } = await dynamoDbFloor.open(access);
    const key = { pk: { S: 'n#order' }, sk: { N: '1' } };
    let state = emptyOrder();
    let events = 0;
    const unsaved = [];
    return {
      async append(stream, version, payloads) {
        await append(stream, version, payloads, false);
        events = version + payloads.length;
        unsaved.push(...payloads);
        while (unsaved.length > TAIL) state = addLine(state, unsaved.shift());
      },
      settled: () => api.putItem({ TableName: table, Item: { ...key, s: { S: JSON.stringify(state) } } }),
      async load(stream) {
        const { Item } = await api.getItem({ TableName: table, Key: key });
        const { Items } = await api.query({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk >= :sk',
          ExpressionAttributeValues: { ':pk': { S: `s#${stream}` }, ':sk': { N: String(events - TAIL + 1) } },
          ConsistentRead: true,
        });
        let order = JSON.parse(Item.s.S);
        for (const { e } of Items) for (const [, , , data] of JSON.parse(e.S)) order = addLine(order, data);
        return order;
      },
      close,
    };
  },
});

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
