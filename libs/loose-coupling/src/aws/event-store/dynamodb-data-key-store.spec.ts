import { describeDataKeyStoreContract } from '../../event-sourcing/testing/data-key-store.contract.js';
import { DynamoDbDataKeyStore } from './dynamodb-data-key-store.js';
import { FakeDynamoDb, FakeTable, ServiceFault } from './testing/fake-dynamodb.js';

describeDataKeyStoreContract('DynamoDB, in memory', async () => {
  const table = new FakeTable();
  const open = () => new DynamoDbDataKeyStore({ table: 'events', api: new FakeDynamoDb(table) });
  return { store: open(), other: open(), close: async () => undefined };
});

describe('a key store on DynamoDB whose replies are lost', () => {
  const key = { id: '1', wrappedBy: 'k1', wrapped: 'w1' };

  /** As the SDK does: a write whose reply was lost is sent again. */
  function retryingOnce() {
    const table = new FakeTable();
    const api = new FakeDynamoDb(table);
    const twice =
      <Input, Output>(call: (input: Input) => Promise<Output>) =>
      async (input: Input): Promise<Output> => {
        await call(input);
        return call(input);
      };
    const store = new DynamoDbDataKeyStore({
      table: 'events',
      api: { ...api, getItem: api.getItem, putItem: twice(api.putItem), updateItem: twice(api.updateItem) },
    });
    return { table, store };
  }

  it('recognises what it has written itself', async () => {
    const { store } = retryingOnce();
    expect(await store.add('a', key)).toEqual({ key });
    expect(await store.rewrap('a', key, { wrappedBy: 'k2', wrapped: 'w2' })).toBe(true);
    await store.forget('a', 5);
    expect(await store.get('a')).toEqual({ forgottenAt: 5 });
  });

  it('passes on what it cannot know', async () => {
    const api = new FakeDynamoDb(new FakeTable(), {
      at: () => {
        throw new ServiceFault('ThrottlingException');
      },
    });
    const store = new DynamoDbDataKeyStore({ table: 'events', api });
    await expect(store.add('a', key)).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(store.forget('a', 1)).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  it('keeps no attribute of a forgotten key', async () => {
    const { table, store } = retryingOnce();
    await store.add('a', key);
    await store.forget('a', 5);
    expect([...table.items.values()]).toEqual([{ pk: { S: 'K#a' }, sk: { N: '0' }, fgt: { N: '5' } }]);
  });
});
