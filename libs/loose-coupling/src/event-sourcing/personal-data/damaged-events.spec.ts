import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '../../testing/fake-clock.js';
import { openDatabase } from '../../sqlite/index.js';
import type { EventEnvelope } from '../core/event-store.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { SqliteEventStore } from '../sqlite/sqlite-event-store.js';
import { describeDamagedEvents } from '../testing/damaged-events.contract.js';
import { SEALED } from './event-sealer.js';

const newClock = () => new FakeClock();

describeDamagedEvents(
  'memory',
  (protection, clock) => {
    const store = new MemoryEventStore({ protection, clock });
    const inside = store as unknown as {
      readonly feed: EventEnvelope[];
      readonly streams: Map<string, EventEnvelope[]>;
    };
    const put = (event: EventEnvelope): void => {
      inside.feed[event.position - 1] = event;
      inside.streams.get(event.streamName)?.splice(event.version - 1, 1, event);
    };
    return {
      store,
      tamper: (streamName, version) => {
        const event = inside.streams.get(streamName)?.[version - 1] as EventEnvelope;
        const [subject, key, paths] = (event.metadata[SEALED] as unknown[][])[0] ?? [];
        put({ ...event, metadata: { [SEALED]: [[subject, key, paths, 'AAAA'.repeat(20)]] } });
        return () => put(event);
      },
      damages: {},
      close: () => store.close(),
    };
  },
  [],
  newClock,
);

describeDamagedEvents(
  'an SQLite file',
  (protection, clock) => {
    const folder = mkdtempSync(join(tmpdir(), 'lc-damaged-'));
    const file = join(folder, 'events.db');
    const store = new SqliteEventStore({ file, protection, clock });
    const other = openDatabase({ file });
    const set =
      (column: 'data' | 'metadata', change: (text: string) => string) => (stream: string, version: number) => {
        const where = 'WHERE stream = ? AND version = ?';
        const before = other.prepare<Record<'text', string>>(`SELECT ${column} AS text FROM lc_events ${where}`);
        const { text = '' } = before.get(stream, version) ?? {};
        const write = (value: string) =>
          void other.prepare(`UPDATE lc_events SET ${column} = ? ${where}`).run(value, stream, version);
        write(change(text));
        return () => write(text);
      };
    return {
      store,
      tamper: set('metadata', (text) => text.replace(/"[\w+/=]{40,}"/, `"${'A'.repeat(48)}"`)),
      damages: {
        'its data is cut off': set('data', (text) => text.slice(0, -1)),
        'its metadata is none': set('metadata', () => 'null'),
      },
      close: async () => {
        other.close();
        await store.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
  ['its data is cut off', 'its metadata is none'],
  newClock,
);
