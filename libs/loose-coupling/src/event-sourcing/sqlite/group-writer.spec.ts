import { openDatabase } from '../../sqlite/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { GroupWriter } from './group-writer.js';

function setUp() {
  const database = openDatabase({ file: ':memory:' });
  database.exec('CREATE TABLE numbers (value INTEGER PRIMARY KEY)');
  const insert = database.prepare('INSERT INTO numbers VALUES (?)');
  const all = database.prepare<{ value: number }>('SELECT value FROM numbers ORDER BY value');
  const transactions = jest.spyOn(database, 'transaction');
  const writer = new GroupWriter(database, new FakeClock());
  const add = (value: number) =>
    writer.run(() => {
      insert.run(value);
      return value;
    });
  return { database, writer, add, transactions, values: () => all.all().map(({ value }) => value) };
}

describe('GroupWriter', () => {
  it('runs works of one moment in one transaction and gives each its result', async () => {
    const { add, transactions, values } = setUp();
    expect(await Promise.all([add(1), add(2), add(3)])).toEqual([1, 2, 3]);
    expect(transactions).toHaveBeenCalledTimes(1);
    expect(values()).toEqual([1, 2, 3]);
  });

  it('undoes only the work that failed, with everything it had done', async () => {
    const { writer, add, transactions, values, database } = setUp();
    const insert = database.prepare('INSERT INTO numbers VALUES (?)');
    const failing = writer.run(() => {
      insert.run(7);
      throw new Error('changed my mind');
    });
    const results = await Promise.allSettled([add(1), failing, add(1), add(2)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    // `failing` was asked for first.
    expect(transactions).toHaveBeenCalledTimes(1);
    expect(values()).toEqual([1, 2]);
  });

  it('undoes a work that is alone', async () => {
    const { writer, values, database } = setUp();
    const insert = database.prepare('INSERT INTO numbers VALUES (?)');
    const failing = writer.run(() => {
      insert.run(7);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(values()).toEqual([]);
  });

  it('tells everyone when the transaction itself fails', async () => {
    const { add, transactions, values } = setUp();
    transactions.mockImplementationOnce(() => {
      throw new Error('disk full');
    });
    const results = await Promise.allSettled([add(1), add(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await add(3);
    expect(values()).toEqual([3]);
  });

  it('keeps transactions short when very many works wait', async () => {
    const { add, transactions, values } = setUp();
    await Promise.all(Array.from({ length: 300 }, (_, value) => add(value)));
    expect(transactions.mock.calls.length).toBeGreaterThan(2);
    expect(values()).toHaveLength(300);
  });

  it('finishes on close what was asked for, and refuses the rest', async () => {
    const { writer, add, values } = setUp();
    const pending = add(1);
    await writer.close();
    await expect(add(2)).rejects.toMatchObject({ code: 'LC_CLOSED' });
    expect(await pending).toBe(1);
    expect(values()).toEqual([1]);
  });
});
