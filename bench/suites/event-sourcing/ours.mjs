import { MemoryEventStore, SqliteEventStore } from 'nestjs-loose-coupling/event-sourcing';
import { OURS } from '../../harness/measure.mjs';
import { scratchFile } from '../../harness/scratch.mjs';
import { addLine, emptyOrder, EVENT_TYPE, lineAddedMessage } from './workload.mjs';

const evolve = (order, event) => addLine(order, event.data);

export const wrap = (store, close) => ({
  store,
  append: (stream, version, payloads, withMessage) =>
    store.appendToStream(
      stream,
      payloads.map((data) => ({ type: EVENT_TYPE, data })),
      {
        expectedVersion: version,
        ...(withMessage ? { messages: payloads.map((data) => lineAddedMessage(crypto.randomUUID(), data)) } : {}),
      },
    ),
  load: async (stream) => (await store.aggregateStream(stream, { initialState: emptyOrder, evolve })).state,
  async readAll() {
    let count = 0;
    for await (const event of store.readAll()) count += event.data.quantity > 0 ? 1 : 0;
    return count;
  },
  async count(stream) {
    let count = 0;
    for await (const event of store.readStream(stream)) count = event.version;
    return count;
  },
  close,
});

export const oursInMemory = {
  name: OURS,
  note: 'memory',
  open() {
    const store = new MemoryEventStore();
    return wrap(store, () => store.close());
  },
};

export const oursOnSqlite = {
  name: OURS,
  note: 'SQLite',
  open(file = scratchFile()) {
    const store = new SqliteEventStore({ file: file.path });
    return wrap(store, async () => {
      await store.close();
      file.remove();
    });
  },
};

/** The same, each event by itself, as an async iterator hands it over. */
export const eventByEvent = (subject) => ({
  ...subject,
  name: `${OURS}, for await of readStream`,
  async open() {
    const opened = await subject.open();
    const load = async (stream) => {
      let order = emptyOrder();
      for await (const event of opened.store.readStream(stream)) order = addLine(order, event.data);
      return order;
    };
    return { ...opened, load };
  },
});
