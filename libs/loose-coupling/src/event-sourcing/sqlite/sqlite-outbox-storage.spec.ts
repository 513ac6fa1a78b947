import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../sqlite/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { event, message } from '../testing/event-store-under-test.js';
import { SqliteEventStore } from './sqlite-event-store.js';

describe('a message on SQLite that cannot be read', () => {
  it('lets those before it leave, and none behind it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lc-outbox-'));
    const file = join(folder, 'events.db');
    const store = new SqliteEventStore({ file, clock: new FakeClock() });
    const other = openDatabase({ file });
    try {
      for (const id of ['one', 'two', 'three']) {
        await store.appendToStream(id, [event('x')], { messages: [message(id)] });
      }
      const idsAfter = async (id: number) => (await store.outbox.pending(id, 10)).map(({ envelope }) => envelope.id);
      const { envelope = '' } =
        other.prepare<{ envelope: string }>('SELECT envelope FROM lc_outbox WHERE id = 2').get() ?? {};
      const write = other.prepare('UPDATE lc_outbox SET envelope = ? WHERE id = 2');
      write.run('no JSON');
      expect(await idsAfter(0)).toEqual(['one']);
      await expect(idsAfter(1)).rejects.toThrow(SyntaxError);
      write.run(envelope);
      expect(await idsAfter(1)).toEqual(['two', 'three']);
    } finally {
      other.close();
      await store.close();
      rmSync(folder, { recursive: true });
    }
  });
});
