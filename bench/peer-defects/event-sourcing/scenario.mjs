import { randomUUID } from 'node:crypto';
import { DynamoDB } from '@aws-sdk/client-dynamodb';

/** The same numbers each time: Tommy Ettinger's mulberry32. */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const WRITES = new Set(['PutItemCommand', 'TransactWriteItemsCommand', 'UpdateItemCommand']);

/** A client that loses this share of the replies to writes, inside the SDK's own retries: the write is stored. */
export function losingReplies(access, share, seed) {
  const client = new DynamoDB({ ...access, maxAttempts: 5 });
  const random = seeded(seed);
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        if (!WRITES.has(commandName) || random() >= share) return result;
        throw Object.assign(new Error('The reply was lost.'), { name: 'TimeoutError', code: 'ECONNRESET' });
      },
    { step: 'deserialize', priority: 'low' },
  );
  return client;
}

/** A table for as long as `work` runs, keyed as a peer wants it. */
export async function withTable(access, [hash, range, rangeType = 'N'], work, suffix = '') {
  const client = new DynamoDB(access);
  const TableName = `peer-${randomUUID()}${suffix}`;
  const names = [
    [hash, 'S', 'HASH'],
    [range, rangeType, 'RANGE'],
  ];
  await client.createTable({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: names.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: names.map(([AttributeName, , KeyType]) => ({ AttributeName, KeyType })),
  });
  try {
    return await work(TableName);
  } finally {
    await client.deleteTable({ TableName });
    client.destroy();
  }
}
