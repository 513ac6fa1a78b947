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
});
