import { isLooseCouplingError } from '../../kernel/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { DynamoDbEventStore } from './dynamodb-event-store.js';
import { FakeDynamoDb, FakeTable, ServiceFault } from './testing/fake-dynamodb.js';

describe('Transactions of many writers of one stream', () => {
  it('[equinox-js-2] lose no command to a cancelled transaction', async () => {
    const clock = new FakeClock();
    const table = new FakeTable();
    let transactions = 0;
    const at = (operation: string, phase: string) => {
      if (operation !== 'transactWriteItems' || phase !== 'before' || ++transactions % 4 !== 0) return;
      throw new ServiceFault('TransactionCanceledException', {
        CancellationReasons: [{ Code: 'TransactionConflict' }],
      });
    };
    const stores = Array.from(
      { length: 6 },
      () => new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(table, { at }), clock }),
    );
    const failed: unknown[] = [];
    const count = async (store: DynamoDbEventStore, command: string): Promise<void> => {
      const { version } = await store.aggregateStream('counter-1', { initialState: () => 0, evolve: (sum) => sum });
      // A mark that joins the append is what makes it a transaction.
      const inbox = { consumer: 'counter', messageId: command };
      try {
        await store.appendToStream('counter-1', [{ type: 'counted', data: {} }], { expectedVersion: version, inbox });
      } catch (error) {
        if (isLooseCouplingError(error, 'LC_WRONG_EXPECTED_VERSION')) return count(store, command);
        failed.push(error);
      }
    };
    const state = { writing: true };
    const writing = Promise.all(
      stores.map(async (store, writer) => {
        for (let index = 0; index < 20; index += 1) await count(store, `${writer}-${index}`);
      }),
    ).finally(() => (state.writing = false));
    while (state.writing) await clock.advance(20);
    await writing;
    expect(failed).toEqual([]);
    const events: number[] = [];
    for await (const { version } of (stores[0] as DynamoDbEventStore).readStream('counter-1')) events.push(version);
    expect(events).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
    await Promise.all(stores.map((store) => store.close()));
  });

  it('[ocoda-2] acknowledge one of two writers of the same version, and publish nothing of the other', async () => {
    const clock = new FakeClock();
    const table = new FakeTable();
    const open = () => new DynamoDbEventStore({ table: 'events', api: new FakeDynamoDb(table), clock });
    const [one, other] = [open(), open()];
    for (let version = 0; version < 50; version += 1) {
      const append = (store: DynamoDbEventStore) =>
        store.appendToStream('raced-1', [{ type: 'raced', data: {} }], { expectedVersion: version });
      const settled = await Promise.allSettled([append(one), append(other)]);
      expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    }
    const read: number[] = [];
    for await (const event of one.readAll()) read.push(event.version);
    expect(read).toHaveLength(50);
    await Promise.all([one.close(), other.close()]);
  });
});
