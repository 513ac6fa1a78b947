import { createRequire } from 'node:module';
import { emulator } from '../../harness/emulator.mjs';

const require = createRequire(new URL('../../../package.json', import.meta.url));
const { DynamoDB } = require('@aws-sdk/client-dynamodb');

let tables = 0;
export const nextTable = () => `bench-${process.pid}-${(tables += 1)}`;

/** Set up as the library sets up its own: everybody is measured with the same client. */
export async function openClient({ access, Client = DynamoDB } = {}) {
  const { endpoint, region, credentials } = access ?? (await emulator()).access;
  return new Client({ endpoint, region, credentials, cacheMiddleware: true });
}

/** A table as a peer wants it, with an index of keys where it wants one. */
export async function createTable(client, TableName, keys, index) {
  const schema = ([hash, range]) => [
    { AttributeName: hash[0], KeyType: 'HASH' },
    { AttributeName: range[0], KeyType: 'RANGE' },
  ];
  await client.createTable({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...keys, ...(index?.keys ?? [])].map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: schema(keys),
    ...(index && {
      GlobalSecondaryIndexes: [
        { IndexName: index.name, KeySchema: schema(index.keys), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    }),
  });
}
