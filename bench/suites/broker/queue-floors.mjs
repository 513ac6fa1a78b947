import { createRequire } from 'node:module';
import { scratchFile } from '../../harness/scratch.mjs';

const require = createRequire(new URL('../../../package.json', import.meta.url));

/** Queues are wrapped to `{ send(bodies), receive(max) → messages, delete(messages), close?() }`. */
export const arrayQueue = {
  name: 'floor',
  note: 'an array and a map, synchronous',
  open() {
    const waiting = [];
    const inFlight = new Map();
    let last = 0;
    return {
      send(bodies) {
        for (const text of bodies) waiting.push({ id: ++last, body: text });
      },
      receive(max) {
        const messages = waiting.splice(0, max);
        for (const message of messages) inFlight.set(message.id, message);
        return messages;
      },
      delete(messages) {
        for (const { id } of messages) inFlight.delete(id);
      },
    };
  },
};

const TABLE = `
  CREATE TABLE messages (id INTEGER PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, visible_at INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX messages_visible ON messages (queue, visible_at, id);`;

const CLAIM = `
  UPDATE messages SET visible_at = ?, receive_count = receive_count + 1
  WHERE id IN (SELECT id FROM messages WHERE queue = 'orders' AND visible_at <= ? ORDER BY visible_at, id LIMIT ?)
  RETURNING id, body`;

/** The least that survives a crash: a transaction to send, one to claim, one to delete. */
export const rawSqlite = {
  name: 'floor',
  note: 'raw libsql: insert, claim, delete',
  open() {
    const { database, file } = openTable();
    const insert = database.prepare("INSERT INTO messages (queue, body, visible_at) VALUES ('orders', ?, ?)");
    const claim = database.prepare(CLAIM);
    const remove = database.prepare('DELETE FROM messages WHERE id = ?');
    return {
      send: (bodies) => inTransaction(database, () => bodies.forEach((text) => insert.run([text, Date.now()]))),
      receive: (max) => claim.all([Date.now() + 30_000, Date.now(), max]),
      delete: (messages) => inTransaction(database, () => messages.forEach(({ id }) => remove.run([id]))),
      close: () => closeTable(database, file),
    };
  },
};

/** Less than a queue: without the claim, two consumers would both handle a message. */
export const rawSqliteWithoutClaim = {
  name: 'floor without a claim',
  note: 'raw libsql: insert, select, delete',
  open() {
    const { database, file } = openTable();
    const insert = database.prepare("INSERT INTO messages (queue, body, visible_at) VALUES ('orders', ?, ?)");
    const select = database.prepare(
      "SELECT id, body FROM messages WHERE queue = 'orders' AND visible_at <= ? ORDER BY visible_at, id LIMIT ?",
    );
    const remove = database.prepare('DELETE FROM messages WHERE id = ?');
    return {
      send: (bodies) => inTransaction(database, () => bodies.forEach((text) => insert.run([text, Date.now()]))),
      receive: (max) => select.all([Date.now(), max]),
      delete: (messages) => inTransaction(database, () => messages.forEach(({ id }) => remove.run([id]))),
      close: () => closeTable(database, file),
    };
  },
};

function openTable() {
  const Database = require('libsql');
  const file = scratchFile();
  const database = new Database(file.path);
  for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'foreign_keys = ON']) database.pragma(pragma);
  database.exec(TABLE);
  return { database, file };
}

function closeTable(database, file) {
  database.close();
  file.remove();
}

function inTransaction(database, work) {
  database.exec('BEGIN IMMEDIATE');
  work();
  database.exec('COMMIT');
}
