import { DatabaseBusyError } from '../../sqlite/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { BrokerStorage } from './broker-storage.js';
import { CommitGroup } from './commit-group.js';

/** Counts transactions, and undoes what a failed one wrote. */
class Journal {
  readonly commitsAreDear = true;
  readonly transactions: string[][] = [];
  private written: string[] = [];
  failing: Error | undefined;
  /** Only for as many attempts. */
  failures = Infinity;
  attempts = 0;

  transaction<Result>(work: () => Result): Result {
    this.written = [];
    this.attempts += 1;
    const result = work();
    if (this.failing && this.attempts <= this.failures) throw this.failing;
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
  let clock: FakeClock;

  beforeEach(() => {
    journal = new Journal();
    announced = rolledBack = 0;
    clock = new FakeClock();
    group = new CommitGroup({
      storage: journal as unknown as BrokerStorage,
      clock,
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

  it('tries the whole group again when the database was locked', async () => {
    Object.assign(journal, { failing: new DatabaseBusyError('broker.db'), failures: 3 });
    const results = Promise.all(['a', 'b'].map((line) => group.run(() => journal.write(line))));
    await clock.advance(100);
    expect(await results).toEqual(['a', 'b']);
    expect(journal.transactions).toEqual([['a', 'b']]);
    expect(announced).toBe(1);
  });

  it('gives way to the event loop while the database is locked, and gives up for all after five seconds', async () => {
    journal.failing = new DatabaseBusyError('broker.db');
    const results = Promise.allSettled([group.run(() => 1), group.run(() => 2)]);
    await clock.advance(4_500);
    const late = Promise.allSettled([group.run(() => 3)]);
    await clock.advance(1_000);
    expect((await results).map((result) => 'reason' in result && result.reason.code)).toEqual([
      'LC_DATABASE_BUSY',
      'LC_DATABASE_BUSY',
    ]);
    journal.failing = undefined;
    await clock.advance(1_000);
    expect(await late).toEqual([{ status: 'fulfilled', value: 3 }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up once, not once for each, when the lock comes while each is tried alone', async () => {
    const lock = () => {
      journal.failing = new DatabaseBusyError('broker.db');
      throw new Error('b');
    };
    const works = [() => 'a', lock, () => 'c', () => 'd'];
    const results = Promise.allSettled(works.map((work) => group.run(work)));
    await clock.advance(6_000);
    expect((await results).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
  });

  it('is settled when everything asked for is', async () => {
    const settled: string[] = [];
    void group.run(() => journal.write('a')).then((line) => settled.push(line));
    await group.settled();
    expect(settled).toEqual(['a']);
    await group.settled();
  });
});
