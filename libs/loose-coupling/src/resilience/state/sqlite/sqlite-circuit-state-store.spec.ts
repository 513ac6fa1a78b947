import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../sqlite/index.js';
import { describeCircuitStateStore, openCircuit } from '../testing/circuit-state-store.contract.js';
import { SqliteCircuitStateStore } from './sqlite-circuit-state-store.js';

describeCircuitStateStore('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lc-circuits-'));
  const file = join(folder, 'circuits.db');
  const [store, other] = [new SqliteCircuitStateStore({ file }), new SqliteCircuitStateStore({ file })];
  return {
    store,
    other,
    close: async () => {
      await Promise.all([store.close(), other.close()]);
      rmSync(folder, { recursive: true });
    },
  };
});

describe('SqliteCircuitStateStore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lc-circuits-'));
  const file = join(folder, 'circuits.db');
  let store: SqliteCircuitStateStore;

  const remove = () => ['', '-wal', '-shm'].forEach((end) => rmSync(file + end, { recursive: true, force: true }));

  beforeEach(() => {
    store = new SqliteCircuitStateStore({ file });
  });

  afterEach(async () => {
    await store.close();
    remove();
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('opens the file no sooner than it is used', async () => {
    mkdirSync(file);
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'LC_CIRCUIT_STORE' });
    remove();
    await expect(store.read(['a'])).resolves.toEqual([]);
  });

  it('does not go on with a file that was deleted', async () => {
    await store.write(openCircuit('a'), 0);
    remove();
    const other = new SqliteCircuitStateStore({ file });
    await other.write(openCircuit('a', 1, 77), 0);
    await expect(store.read(['a'])).resolves.toEqual([openCircuit('a', 1, 77)]);
    await other.close();
  });

  it('waits for a short lock without blocking the thread, and gives up on a long one', async () => {
    await store.write(openCircuit('a'), 0);
    const blocker = openDatabase({ file });
    blocker.exec('BEGIN IMMEDIATE');
    await expect(store.read(['a'])).resolves.toHaveLength(1);
    await expect(store.write(openCircuit('a', 2), 1)).rejects.toMatchObject({ code: 'LC_CIRCUIT_STORE' });

    const patient = store.write(openCircuit('a', 2), 1);
    setImmediate(() => blocker.exec('COMMIT'));
    await expect(patient).resolves.toBe(true);
    blocker.close();
  });

  it('answers nobody after close', async () => {
    await store.close();
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'LC_CLOSED' });
  });
});
