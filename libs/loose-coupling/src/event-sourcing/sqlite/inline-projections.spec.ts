import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqliteDatabase } from '../../sqlite/index.js';
import type { EventEnvelope } from '../core/event-store.js';
import { events } from '../testing/event-store-under-test.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { SqliteInlineProjection } from './sqlite-inline-projection.js';

class Totals extends SqliteInlineProjection {
  readonly name = 'totals';
  readonly migrations = ['CREATE TABLE totals (stream TEXT PRIMARY KEY, total INTEGER NOT NULL) STRICT'];
  readonly seen: number[] = [];
  refuse = false;

  override apply(batch: readonly EventEnvelope[], database: SqliteDatabase): void {
    if (this.refuse) throw new Error('not today');
    const add = database.prepare(
      'INSERT INTO totals VALUES (?, ?) ON CONFLICT DO UPDATE SET total = total + excluded.total',
    );
    for (const { streamName, data, position } of batch) {
      this.seen.push(position);
      add.run(streamName, (data as { number: number }).number);
    }
  }

  totalOf(streamName: string): number | undefined {
    return this.database.prepare<{ total: number }>('SELECT total FROM totals WHERE stream = ?').get(streamName)?.total;
  }
}

describe('SqliteInlineProjection', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lc-projection-'));
  const opened: SqliteEventStore[] = [];
  let files = 0;
  const newFile = () => join(folder, `${++files}.db`);
  const open = (file: string) => {
    const store = new SqliteEventStore({ file });
    opened.push(store);
    return store;
  };
  afterAll(async () => {
    await Promise.all(opened.map((store) => store.close()));
    rmSync(folder, { recursive: true });
  });

  it('can be read as soon as the commit resolves', async () => {
    const store = open(newFile());
    const totals = new Totals();
    store.addProjection(totals);
    await store.commit({
      appends: [
        { streamName: 'a-1', events: events(3) },
        { streamName: 'b-1', events: events(2) },
      ],
    });
    expect([totals.totalOf('a-1'), totals.totalOf('b-1')]).toEqual([6, 3]);
    expect(totals.seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('refuses the commit when it throws, and only that one', async () => {
    const store = open(newFile());
    const totals = new Totals();
    store.addProjection(totals);
    totals.refuse = true;
    await expect(store.appendToStream('a-1', events(1))).rejects.toThrow('not today');
    totals.refuse = false;
    await store.appendToStream('a-1', events(2), { expectedVersion: 0 });
    expect(totals.totalOf('a-1')).toBe(3);
  });

  it('is given the events of an existing store when it is added', async () => {
    const file = newFile();
    await open(file).appendToStream('a-1', events(1200));
    const totals = new Totals();
    open(file).addProjection(totals);
    expect(totals.totalOf('a-1')).toBe((1200 * 1201) / 2);
  });

  it('goes on where it was when the store is opened again', async () => {
    const file = newFile();
    const first = open(file);
    first.addProjection(new Totals());
    await first.appendToStream('a-1', events(2));
    const totals = new Totals();
    open(file).addProjection(totals);
    expect(totals.seen).toEqual([]);
    expect(totals.totalOf('a-1')).toBe(3);
  });

  it('catches up on commits of a process that does not know it', async () => {
    const file = newFile();
    const knowing = open(file);
    const ignorant = open(file);
    const totals = new Totals();
    knowing.addProjection(totals);
    await knowing.appendToStream('a-1', events(1));
    await ignorant.appendToStream('a-1', events(700));
    await knowing.appendToStream('b-1', events(1));
    expect(totals.totalOf('a-1')).toBe(1 + (700 * 701) / 2);
    expect(totals.totalOf('b-1')).toBe(1);
    expect(totals.seen).toEqual(Array.from({ length: 702 }, (_, index) => index + 1));
  });

  it('counts each event once with several commits in one transaction, some refused', async () => {
    const store = open(newFile());
    const totals = new Totals();
    store.addProjection(totals);
    await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        store.appendToStream(`s-${index}`, events(2), { expectedVersion: index % 4 === 0 ? 9 : 0 }),
      ),
    );
    expect(totals.totalOf('s-1')).toBe(3);
    expect(totals.totalOf('s-4')).toBeUndefined();
    expect(new Set(totals.seen).size).toBe(30);
  });

  it('says so when it is queried before it is attached', () => {
    expect(() => new Totals().totalOf('a-1')).toThrow(/forFeature/);
  });
});
