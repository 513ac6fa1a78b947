import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../sqlite/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { EVENT_STORE_MIGRATIONS } from './event-store.migrations.js';
import { GroupWriter } from './group-writer.js';
import { SqliteInbox } from './sqlite-inbox.js';

describe('SqliteInbox', () => {
  it('removes expired marks as new ones come, also when old messages came again', async () => {
    const clock = new FakeClock();
    const database = openDatabase({ file: ':memory:', migrations: EVENT_STORE_MIGRATIONS });
    const inbox = new SqliteInbox(database, new GroupWriter(database, clock), clock, 1000);
    const record = (from: number, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => inbox.record({ consumer: 'c', messageId: `s/${from + index}` })),
      );
    await record(0, 640);
    await clock.advance(1000);
    // In this order the rows that are looked at first would all be fresh again, had they kept their places.
    await record(0, 64);
    await record(128, 64);
    await record(1000, 640);
    const rows = database.prepare<{ count: number }>('SELECT COUNT(*) AS count FROM lc_inbox').get()?.count;
    expect(rows).toBe(64 + 64 + 640);
    expect(await inbox.has({ consumer: 'c', messageId: 's/0' })).toBe(true);
  });

  it('keeps answers with marks of a file that was made before it could', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inbox-'));
    const file = join(folder, 'events.db');
    const clock = new FakeClock();
    const mark = { consumer: 'c', messageId: 's/1' };
    const steps = EVENT_STORE_MIGRATIONS.steps.slice(0, 5);
    const before = openDatabase({ file, migrations: { ...EVENT_STORE_MIGRATIONS, steps } });
    before
      .prepare('INSERT INTO lc_inbox (consumer, message_id, recorded_at) VALUES (?, ?, ?)')
      .run(mark.consumer, mark.messageId, clock.now());
    before.close();
    const database = openDatabase({ file, migrations: EVENT_STORE_MIGRATIONS });
    const inbox = new SqliteInbox(database, new GroupWriter(database, clock), clock, 1000);
    expect(await inbox.has(mark)).toBe(true);
    expect(await inbox.answerOf(mark)).toBeUndefined();
    await inbox.keepAnswer(mark, '{"answer":1}');
    expect(await inbox.answerOf(mark)).toBe('{"answer":1}');
    database.close();
    rmSync(folder, { recursive: true });
  });
});
