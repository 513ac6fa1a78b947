import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '../../testing/fake-clock.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { SqliteEventStore } from '../sqlite/sqlite-event-store.js';
import { collect } from '../testing/event-store-under-test.js';
import { describePersonalDataContract } from '../testing/personal-data.contract.js';

const newClock = () => new FakeClock();

describePersonalDataContract(
  'memory',
  async (protection, clock) => {
    const store = new MemoryEventStore({ protection, clock });
    const raw = async () => JSON.stringify(await collect(store.asStored().readAll()));
    return { store, raw, close: () => store.close() };
  },
  newClock,
);

describePersonalDataContract(
  'an SQLite file',
  async (protection, clock) => {
    const folder = mkdtempSync(join(tmpdir(), 'lc-personal-'));
    const store = new SqliteEventStore({ file: join(folder, 'events.db'), protection, clock });
    return {
      store,
      raw: () =>
        readdirSync(folder)
          .map((name) => readFileSync(join(folder, name), 'latin1'))
          .join(),
      close: async () => {
        await store.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
  newClock,
);
