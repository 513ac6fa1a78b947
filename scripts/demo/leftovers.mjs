import { join } from 'node:path';
import Database from 'libsql';

const count = (file, table) => {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(`SELECT count(*) AS count FROM ${table}`).get().count;
  } finally {
    database.close();
  }
};

/**
 * Waits until no message is left on any queue (dead-letter queues included) and none in an outbox, and lists what is.
 * @param {string} dataDir where the services keep their files
 * @param {number} timeout milliseconds
 */
export async function findLeftovers(dataDir, timeout) {
  const places = [
    ['broker.db', 'lc_message', 'messages on queues or dead-letter queues'],
    ['order.db', 'lc_outbox', "messages in order's outbox"],
    ['inventory.db', 'lc_outbox', "messages in inventory's outbox"],
  ];
  const deadline = Date.now() + timeout;
  for (;;) {
    const left = places
      .map(([file, table, what]) => [count(join(dataDir, file), table), what])
      .filter(([number]) => number > 0)
      .map(([number, what]) => `${number} ${what} that nobody handled`);
    if (left.length === 0 || Date.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
