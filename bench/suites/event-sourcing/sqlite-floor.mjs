import { createRequire } from 'node:module';
import { addLine, emptyOrder, EVENT_TYPE, lineAddedMessage } from './workload.mjs';
import { scratchFile } from '../../harness/scratch.mjs';

const require = createRequire(new URL('../../../package.json', import.meta.url));

const TABLES = `
  CREATE TABLE events (position INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, version INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, data TEXT NOT NULL, recorded_at INTEGER NOT NULL, UNIQUE (stream, version));
  CREATE TABLE outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, destination TEXT NOT NULL, envelope TEXT NOT NULL);`;

/** The same driver and pragmas by hand: one row an event, unique by stream and version and by id, one row a message. */
export const sqliteFloor = {
  name: 'floor',
  note: 'raw libsql, synchronous',
  open() {
    const Database = require('libsql');
    const file = scratchFile();
    const database = new Database(file.path);
    for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'foreign_keys = ON']) database.pragma(pragma);
    database.exec(TABLES);
    const insertEvent = database.prepare(
      'INSERT INTO events (stream, version, id, type, data, recorded_at) VALUES (?, ?, ?, ?, ?, ?)',
    );
    const insertMessage = database.prepare('INSERT INTO outbox (destination, envelope) VALUES (?, ?)');
    const lastVersion = database.prepare('SELECT max(version) AS version FROM events WHERE stream = ?');
    const readStream = database.prepare('SELECT * FROM events WHERE stream = ? ORDER BY version');
    const readAll = database.prepare('SELECT * FROM events WHERE position > ? ORDER BY position LIMIT 1000');
    // Ids grow, as ours do: at random places, the index would cost more.
    let last = 0;
    return {
      append(stream, version, payloads, withMessage) {
        database.exec('BEGIN IMMEDIATE');
        if ((lastVersion.get([stream]).version ?? 0) !== version) throw new Error('conflict');
        for (const data of payloads) {
          const id = `018f3c5e-7a1b-7c3d-9e5f-${String(++last).padStart(12, '0')}`;
          version += 1;
          insertEvent.run([stream, version, id, EVENT_TYPE, JSON.stringify(data), Date.now()]);
          if (withMessage) insertMessage.run([EVENT_TYPE, JSON.stringify(lineAddedMessage(id, data).envelope)]);
        }
        database.exec('COMMIT');
      },
      load(stream) {
        let order = emptyOrder();
        for (const row of readStream.all([stream])) order = addLine(order, JSON.parse(row.data));
        return order;
      },
      readAll() {
        let count = 0;
        for (let after = 0; ;) {
          const rows = readAll.all([after]);
          for (const row of rows) count += JSON.parse(row.data).quantity > 0 ? 1 : 0;
          if (rows.length < 1000) return count;
          after = rows.at(-1).position;
        }
      },
      close() {
        database.close();
        file.remove();
      },
    };
  },
};
