import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import {
  DynamoDbCircuitStateStore,
  type DynamoDbCircuitStateStoreOptions,
} from '../../libs/loose-coupling/src/aws/index.js';
import {
  describeCircuitStateStore,
  openCircuit,
} from '../../libs/loose-coupling/src/resilience/state/testing/circuit-state-store.contract.js';
import { describeOnAws } from '../support/aws-emulator/index.js';
import { UnreliableProxy } from './unreliable-proxy.js';

jest.setTimeout(30_000);

describeOnAws('DynamoDbCircuitStateStore', (aws) => {
  let client: DynamoDBClient;
  const tables: string[] = [];
  const stores: DynamoDbCircuitStateStore[] = [];

  const newTable = () => {
    const table = `circuits-${randomUUID()}`;
    tables.push(table);
    return table;
  };
  const connect = (options: DynamoDbCircuitStateStoreOptions) => {
    const { endpoint, region, credentials } = aws();
    const store = new DynamoDbCircuitStateStore({
      provision: 'create',
      aws: { endpoint, region, credentials },
      requestTimeout: 5_000,
      ...options,
    });
    stores.push(store);
    return store;
  };

  beforeAll(() => {
    const { endpoint, region, credentials } = aws();
    client = new DynamoDBClient({ endpoint, region, credentials });
  });

  afterEach(() => Promise.all(stores.splice(0).map((store) => store.close())));

  afterAll(async () => {
    for (const table of tables) await client.send(new DeleteTableCommand({ TableName: table })).catch(() => undefined);
    client.destroy();
  });

  describeCircuitStateStore('DynamoDB', async () => {
    const table = newTable();
    return { store: connect({ table }), other: connect({ table }), close: async () => undefined };
  });

  it('makes its table, also when several processes do at the same time', async () => {
    const table = newTable();
    const all = Array.from({ length: 4 }, () => connect({ table }));
    expect(await Promise.all(all.map((store) => store.read(['a'])))).toEqual([[], [], [], []]);
  });

  it('makes its table again that somebody has deleted', async () => {
    const table = newTable();
    const store = connect({ table });
    await store.write(openCircuit('a'), 0);
    await client.send(new DeleteTableCommand({ TableName: table }));
    expect(await store.read(['a'])).toEqual([]);
  });

  it.each(['validate', 'none'] as const)('does not make a table when provision is %s', async (provision) => {
    const store = connect({ table: newTable(), provision });
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'LC_CIRCUIT_STORE' });
    await expect(store.write(openCircuit('a'), 0)).rejects.toMatchObject({ code: 'LC_CIRCUIT_STORE' });
  });

  it.each(['validate', 'create'] as const)('says what is wrong with a table of another key: %s', async (provision) => {
    const table = newTable();
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    await expect(connect({ table, provision }).read(['a'])).rejects.toThrow(/another key \(id HASH\).*service_name/);
  });

  it('takes over an item that the Lambda of the source document wrote', async () => {
    const table = newTable();
    const store = connect({ table });
    await store.read([]);
    await store.read(['a']);
    const item = { service_name: 'a', state: 'OPEN', failure_count: 5, last_failure_time: 1_800_000_000 };
    await DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName: table, Item: item }));
    expect(await store.read(['a'])).toMatchObject([{ state: 'open', generation: 0, openUntil: 1_800_000_060_000 }]);
    expect(await store.write(openCircuit('a', 1, 7), 0)).toBe(true);
    expect(await store.read(['a'])).toMatchObject([{ generation: 1, openUntil: 7 }]);
  });

  describe('when the way to it is unreliable', () => {
    let proxy: UnreliableProxy;
    let store: DynamoDbCircuitStateStore;

    beforeEach(async () => {
      const { endpoint, region, credentials } = aws();
      proxy = new UnreliableProxy(endpoint);
      store = connect({ table: newTable(), aws: { endpoint: await proxy.start(), region, credentials } });
      await store.read(['a']);
    });

    afterEach(async () => {
      await store.close();
      await proxy.stop();
    });

    it('recognises a write as its own whose second attempt is refused', async () => {
      let lost = 0;
      proxy.loses = (operation) => operation === 'PutItem' && ++lost === 1;
      expect(await store.write(openCircuit('a'), 0)).toBe(true);
      expect(lost).toBeGreaterThan(1);
      proxy.loses = () => false;
      expect(await store.write(openCircuit('a', 1, 5), 0)).toEqual(openCircuit('a'));
    });

    it('asks again for keys that were left over, and gives up on a table that always does', async () => {
      await store.write(openCircuit('a'), 0);
      proxy.throttled = 2;
      expect(await store.read(['a', 'b'])).toEqual([openCircuit('a')]);
      proxy.throttled = 1_000;
      await expect(store.read(['a', 'b'])).rejects.toThrow(/2 of 2 circuits/);
    });

    it('says that the outcome is unknown when all are lost', async () => {
      proxy.loses = () => true;
      await expect(store.write(openCircuit('a'), 0)).rejects.toMatchObject({ code: 'LC_CIRCUIT_STORE' });
      proxy.loses = () => false;
      expect(await store.read(['a'])).toEqual([openCircuit('a')]);
    });
  });

  it('fails soon when nobody answers, and at once after close', async () => {
    const { region, credentials } = aws();
    const proxy = new UnreliableProxy(aws().endpoint);
    const endpoint = await proxy.start();
    await proxy.stop();
    const store = connect({ table: newTable(), aws: { endpoint, region, credentials }, requestTimeout: 200 });
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'LC_CIRCUIT_STORE' });
    await store.close();
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'LC_CLOSED' });
  });
});
