import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../sqlite/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { EmbeddedBroker } from './embedded-broker.js';
import { SqliteStorage } from './sqlite/sqlite-storage.js';
import { codeOf } from './testing/broker-fixture.js';
import { withQueue } from './topology/topology-changes.js';

/** Lets a test act like another process between two transactions, or break the doorbell. */
class HauntedStorage extends SqliteStorage {
  transactions = 0;
  before: (transaction: number) => void = () => undefined;
  bell: () => void = () => super.ring();

  override transaction<Result>(work: () => Result): Result {
    this.transactions += 1;
    this.before(this.transactions);
    return super.transaction(work);
  }

  override ring(): void {
    this.bell();
  }
}

describe('a broker on a file, when something goes wrong', () => {
  let folder: string;
  let file: string;
  let clock: FakeClock;
  let storage: HauntedStorage;
  let broker: EmbeddedBroker;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lc-engine-'));
    file = join(folder, 'broker.db');
    clock = new FakeClock();
    storage = new HauntedStorage(file, clock);
    broker = new EmbeddedBroker(storage, clock);
    await broker.createQueue({ name: 'orders' });
    storage.transactions = 0;
  });
  afterEach(async () => {
    await broker.close();
    rmSync(folder, { recursive: true });
  });

  it('forgets a topology that was undone, also when another process commits the same version', async () => {
    const other = new SqliteStorage(file, clock);
    storage.before = (transaction) => {
      if (transaction !== 2) return;
      other.transaction(() => other.saveTopology(withQueue({ name: 'theirs' }, false)(other.loadTopology())));
    };
    const calls = await Promise.allSettled([
      broker.createQueue({ name: 'mine' }),
      broker.subscribe({ topic: 'none', queue: 'none' }),
    ]);
    other.close();
    expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await broker.listQueues()).toEqual(['mine', 'orders', 'theirs']);
    await broker.queue('mine').send([{ body: 'a' }]);
    expect(await broker.queue('theirs').receive({ max: 1, wait: 0 })).toEqual([]);
    expect(await broker.queue('mine').receive({ max: 1, wait: 0 })).toMatchObject([{ body: 'a' }]);
  });

  it('settles its callers, and goes on, when the doorbell cannot be rung', async () => {
    storage.bell = () => {
      throw new Error('EMFILE: too many open files');
    };
    const waiting = broker.queue('orders').receive({ max: 1, wait: 20_000 });
    const sent = await broker.queue('orders').send([{ body: 'a' }]);
    expect(sent.map(codeOf)).toEqual(['ok']);
    expect(await waiting).toMatchObject([{ body: 'a' }]);
  });

  it('finds messages by the safety poll when the doorbell cannot be opened', async () => {
    rmSync(`${file}-bell`, { force: true });
    mkdirSync(`${file}-bell`);
    const deaf = new EmbeddedBroker(new SqliteStorage(file, clock), clock);
    const waiting = deaf.queue('orders').receive({ max: 1, wait: 20_000 });
    await clock.advance(0);
    await broker.queue('orders').send([{ body: 'a' }]);
    await clock.advance(1_000);
    expect(await waiting).toMatchObject([{ body: 'a' }]);
    await deaf.close();
  });

  describe('while another process holds the lock', () => {
    let release: () => void;

    beforeEach(async () => {
      await broker.queue('orders').send([{ body: 'a' }, { body: 'b' }]);
      const database = openDatabase({ file });
      database.exec('BEGIN IMMEDIATE');
      release = () => {
        database.exec('ROLLBACK');
        database.close();
      };
    });

    it('writes and receives as soon as it is free', async () => {
      const sent = Promise.all(['c', 'd'].map((body) => broker.queue('orders').send([{ body }])));
      const received = broker.queue('orders').receive({ max: 1, wait: 0 });
      const waiting = broker.queue('orders').receive({ max: 1, wait: 20_000 });
      storage.transactions = 0;
      await clock.advance(1_000);
      expect(storage.transactions).toBeGreaterThan(1);
      release();
      await clock.advance(400);
      expect((await sent).flat().map(codeOf)).toEqual(['ok', 'ok']);
      const bodies = [...(await received), ...(await waiting)].map(({ body }) => body);
      expect(bodies.sort()).toEqual(['a', 'b']);
    });

    it('closes once its last writes are in', async () => {
      const sent = broker.queue('orders').send([{ body: 'c' }]);
      const closing = broker.close();
      await clock.advance(100);
      release();
      await clock.advance(400);
      await closing;
      expect((await sent).map(codeOf)).toEqual(['ok']);
    });
  });
});
