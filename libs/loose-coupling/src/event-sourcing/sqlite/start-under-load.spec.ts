import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openDatabase } from '../../sqlite/index.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { SqliteInlineProjection } from './sqlite-inline-projection.js';

class Unused extends SqliteInlineProjection {
  readonly name = 'unused';
  readonly migrations = ['CREATE TABLE unused (x)'];
  override apply(): void {}
}

/** Holds the write lock in another thread, as another process would; longer than a running store's own wait. */
const holdLock = async (file: string): Promise<Worker> => {
  const worker = new Worker(
    `const Database = require('libsql');
     const { workerData: file, parentPort } = require('node:worker_threads');
     const database = new Database(file);
     database.exec('BEGIN IMMEDIATE');
     parentPort.postMessage('locked');
     setTimeout(() => { database.exec('COMMIT'); database.close(); }, 300);`,
    { eval: true, workerData: file },
  );
  await new Promise((locked) => worker.once('message', locked));
  return worker;
};

describe('the start of a store while another process writes', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lc-start-'));
    file = join(folder, 'events.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('waits to make its tables', async () => {
    openDatabase({ file }).close();
    const worker = await holdLock(file);
    const store = new SqliteEventStore({ file });
    expect(await store.outbox.countPending()).toBe(0);
    await store.close();
    await worker.terminate();
  });

  it('does not wait when they are there', async () => {
    await new SqliteEventStore({ file }).close();
    const writing = openDatabase({ file });
    // Waiting would be in vain: this thread holds the lock.
    const store = writing.transaction(() => new SqliteEventStore({ file }));
    expect(await store.outbox.countPending()).toBe(0);
    await store.close();
    writing.close();
  });

  it('waits to make the tables of a projection', async () => {
    const store = new SqliteEventStore({ file });
    const worker = await holdLock(file);
    expect(() => store.addProjection(new Unused())).not.toThrow();
    await store.close();
    await worker.terminate();
  });
});
