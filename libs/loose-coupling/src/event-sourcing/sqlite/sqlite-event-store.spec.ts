import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '../../testing/fake-clock.js';
import { describeEventStoreContract } from '../testing/event-store.contract.js';
import { SqliteEventStore } from './sqlite-event-store.js';

const makeFile = () => {
  const folder = mkdtempSync(join(tmpdir(), 'lc-events-'));
  return { file: join(folder, 'events.db'), remove: () => rmSync(folder, { recursive: true }) };
};

describeEventStoreContract('a SQLite file', async () => {
  const clock = new FakeClock();
  const { file, remove } = makeFile();
  const store = new SqliteEventStore({ file, clock });
  return {
    store,
    other: store,
    outbox: store.outbox,
    inbox: store.inbox,
    processes: store.processes,
    checkpoints: store.checkpoints,
    clock,
    snapshots: store.snapshots,
    advance: (ms) => clock.advance(ms),
    close: async () => {
      await store.close();
      remove();
    },
  };
});

describeEventStoreContract('two connections to a SQLite file', async () => {
  const clock = new FakeClock();
  const { file, remove } = makeFile();
  const store = new SqliteEventStore({ file, clock });
  const other = new SqliteEventStore({ file, clock });
  return {
    store,
    other,
    outbox: other.outbox,
    inbox: other.inbox,
    processes: other.processes,
    checkpoints: other.checkpoints,
    clock,
    snapshots: other.snapshots,
    advance: (ms) => clock.advance(ms),
    close: async () => {
      await Promise.all([store.close(), other.close()]);
      remove();
    },
  };
});
