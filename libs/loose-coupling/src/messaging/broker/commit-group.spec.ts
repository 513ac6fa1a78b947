import { DatabaseBusyError } from '../../sqlite/index.js';
import type { BrokerStorage } from './broker-storage.js';
import { CommitGroup } from './commit-group.js';

/** Counts transactions, and undoes what a failed one wrote. */
class Journal {
  readonly commitsAreDear = true;
  readonly transactions: string[][] = [];
  private written: string[] = [];
  failing: Error | undefined;
  attempts = 0;

  transaction<Result>(work: () => Result): Result {
    this.written = [];
    this.attempts += 1;
    const result = work();
    if (this.failing) throw this.failing;
    this.transactions.push(this.written);
    return result;
  }

  write(line: string): string {
    this.written.push(line);
    return line;
  }
}

describe('CommitGroup', () => {
  let journal: Journal;
  let announced: number;
  let rolledBack: number;
  let group: CommitGroup;

  beforeEach(() => {
    journal = new Journal();
    announced = rolledBack = 0;
    group = new CommitGroup(journal as unknown as BrokerStorage, {
      committed: () => (announced += 1),
      rolledBack: () => (rolledBack += 1),
    });
  });

  const fail = (line: string) => {
    journal.write(line);
    throw new Error(line);
  };

  it('commits what arrives in one turn together, in order, and settles each from its own result', async () => {
    const results = await Promise.all(['a', 'b', 'c'].map((line) => group.run(() => journal.write(line))));
    expect(results).toEqual(['a', 'b', 'c']);
    expect(journal.transactions).toEqual([['a', 'b', 'c']]);
    expect([announced, rolledBack]).toEqual([1, 0]);
  });

  it('commits what arrives in another turn apart', async () => {
    await group.run(() => journal.write('a'));
    await group.run(() => journal.write('b'));
    expect(journal.transactions).toEqual([['a'], ['b']]);
  });

  it('undoes only the one that failed', async () => {
    const results = await Promise.allSettled([
      group.run(() => journal.write('a')),
      group.run(() => fail('b')),
      group.run(() => journal.write('c')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(journal.transactions).toEqual([['a'], ['c']]);
    expect(rolledBack).toBe(2);
  });

  it('rejects all when nothing can be committed', async () => {
    journal.failing = new Error('disk full');
    const results = await Promise.allSettled([group.run(() => 1), group.run(() => 2)]);
    expect(results).toEqual([
      { status: 'rejected', reason: new Error('disk full') },
      { status: 'rejected', reason: new Error('disk full') },
    ]);
  });

  it('rejects all at once when the database is locked, instead of waiting for each', async () => {
    journal.failing = new DatabaseBusyError('broker.db');
    const results = await Promise.allSettled([group.run(() => 1), group.run(() => 2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(journal.attempts).toBe(1);
    expect(rolledBack).toBe(1);
  });

  it('commits at once when flushed, and has nothing left for the turn', async () => {
    const result = group.run(() => journal.write('a'));
    group.flush();
    expect(journal.transactions).toEqual([['a']]);
    await result;
    await new Promise((resolve) => setImmediate(resolve));
    expect(announced).toBe(1);
  });
});
