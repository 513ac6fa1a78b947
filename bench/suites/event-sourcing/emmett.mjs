import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH } from '../../harness/paths.mjs';
import { scratchFile } from '../../harness/scratch.mjs';
import { addLine, emptyOrder, EVENT_TYPE } from './workload.mjs';

const evolve = (order, event) => addLine(order, event.data);

const wrap = (events) => ({
  append: (stream, version, payloads) =>
    events.appendToStream(
      stream,
      payloads.map((data) => ({ type: EVENT_TYPE, data })),
      { expectedStreamVersion: version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(version) },
    ),
  load: async (stream) => (await events.aggregateStream(stream, { evolve, initialState: emptyOrder })).state,
  count: async (stream) => (await events.readStream(stream)).events.length,
});

export const emmett = {
  name: 'emmett',
  note: 'memory',
  peer: true,
  async open(hooks) {
    const { getInMemoryEventStore } = await import('@event-driven-io/emmett');
    return wrap(getInMemoryEventStore(hooks ? { hooks } : undefined));
  },
};

const PAGE = 1000;

/** Its driver is compiled where it is installed, which needs a compiler. */
export const hasEmmettOnSqlite = () => existsSync(join(BENCH, 'node_modules', 'sqlite3', 'build', 'Release'));

/**
 * On one connection, with the pragmas of the others. By default it opens a connection for each call: that takes ten times
 * as long, and now and then an append fails because the statement before it has not ended.
 */
export const emmettOnSqlite = {
  name: 'emmett',
  note: 'SQLite',
  peer: true,
  async open(hooks) {
    const { getSQLiteEventStore, readMessagesBatch, sqliteConnection } = await import('@event-driven-io/emmett-sqlite');
    const file = scratchFile();
    const connection = sqliteConnection({ fileName: file.path });
    await connection.command('PRAGMA synchronous = NORMAL');
    const connectionOptions = { singleton: true, connection };
    const events = getSQLiteEventStore({ fileName: file.path, connectionOptions, ...(hooks && { hooks }) });
    // Makes the tables.
    await events.streamExists('order');
    return {
      ...wrap(events),
      async readAll() {
        let count = 0;
        for (let after = 0n; ;) {
          const page = await readMessagesBatch(connection, { after, batchSize: PAGE });
          for (const { data } of page.messages) count += data.quantity > 0 ? 1 : 0;
          if (!page.areEventsLeft) return count;
          after = page.currentGlobalPosition;
        }
      },
      close() {
        connection.close();
        file.remove();
      },
    };
  },
};
