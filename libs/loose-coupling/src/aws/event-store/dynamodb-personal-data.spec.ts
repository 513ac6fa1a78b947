import { inflateRawSync } from 'node:zlib';
import { FakeClock } from '../../testing/fake-clock.js';
import { describePersonalDataContract } from '../../event-sourcing/testing/personal-data.contract.js';
import { DynamoDbEventStore } from './dynamodb-event-store.js';
import type { AttributeValue } from './dynamodb-api.js';
import { FakeDynamoDb, FakeTable } from './testing/fake-dynamodb.js';

const textOf = ({ B, S = '', N = '' }: AttributeValue): string => (B ? inflateRawSync(B).toString() : S + N);

describePersonalDataContract(
  'DynamoDB, in memory',
  async (protection, clock) => {
    const table = new FakeTable();
    const store = new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(table), protection, clock });
    const raw = () => [...table.items.values()].flatMap((item) => Object.values(item).map(textOf)).join('\n');
    return { store, raw, close: () => store.close() };
  },
  () => new FakeClock(),
);
