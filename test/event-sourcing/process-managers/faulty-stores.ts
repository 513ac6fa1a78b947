import { DynamoDbEventStore } from '../../../libs/loose-coupling/src/aws/event-store/dynamodb-event-store.js';
import {
  FakeDynamoDb,
  FakeTable,
  ServiceFault,
} from '../../../libs/loose-coupling/src/aws/event-store/testing/fake-dynamodb.js';
import type { EventStore } from '../../../libs/loose-coupling/src/event-sourcing/core/event-store.js';
import type { PreparedCommit } from '../../../libs/loose-coupling/src/event-sourcing/core/prepared-commit.js';
import type { ProcessIndex } from '../../../libs/loose-coupling/src/event-sourcing/core/process-index.js';
import type { Inbox } from '../../../libs/loose-coupling/src/event-sourcing/inbox/inbox.js';
import { MemoryEventStore } from '../../../libs/loose-coupling/src/event-sourcing/memory/memory-event-store.js';
import type { OutboxStorage } from '../../../libs/loose-coupling/src/event-sourcing/outbox/outbox-storage.js';
import { SqliteEventStore } from '../../../libs/loose-coupling/src/event-sourcing/sqlite/sqlite-event-store.js';
import type { FakeClock } from '../../../libs/loose-coupling/src/testing/fake-clock.js';

/** A store as one process has it. */
export interface ProcessStore {
  readonly store: EventStore;
  readonly index: ProcessIndex;
  readonly inbox: Inbox;
  readonly outbox: OutboxStorage;
}

/** Awaited before and after each access: may take its time, throw, or never end. */
export type At = (what: string, phase: 'before' | 'after') => Promise<void>;

/** What processes share. */
export interface SharedStore {
  open(at: At, isIndexCurrent: () => boolean): ProcessStore;
  close(): Promise<void>;
}

export const STORES = {
  memory: (clock: FakeClock): SharedStore => inProcess(new MemoryEventStore({ clock })),
  sqlite: (clock: FakeClock): SharedStore => inProcess(new SqliteEventStore({ file: ':memory:', clock })),
  dynamodb: (clock: FakeClock): SharedStore => {
    const table = new FakeTable();
    return {
      open: (at, isIndexCurrent) => {
        const api = new FakeDynamoDb(table, { at, isIndexCurrent });
        const store = new DynamoDbEventStore({ table: 'events', api, clock });
        return { store, index: store.processes, inbox: store.inbox, outbox: store.outbox };
      },
      close: async () => undefined,
    };
  },
} as const;

type Local = MemoryEventStore | SqliteEventStore;
type Inside = { write(commit: PreparedCommit): Promise<unknown> };

/** Each process goes to the same store through accesses that fail on their own. */
function inProcess(shared: Local): SharedStore {
  const open = (at: At): ProcessStore => {
    const around = async <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
      await at(what, 'before');
      const result = await work();
      await at(what, 'after');
      return result;
    };
    const store = Object.create(shared) as Local;
    // Below what ties a commit to the handler's run, where a real store loses its replies.
    Object.assign(store, {
      write: (commit: PreparedCommit) => around('write', () => (shared as unknown as Inside).write(commit)),
      readStream: async function* (...args: Parameters<Local['readStream']>) {
        await at('readStream', 'before');
        yield* shared.readStream(...args);
      },
    });
    const { inbox, processes } = shared;
    return {
      store,
      outbox: shared.outbox,
      inbox: {
        has: (mark) => around('inbox.has', () => inbox.has(mark)),
        record: (mark) => around('inbox.record', () => inbox.record(mark)),
      },
      index: {
        due: (...args) => around('index.due', () => Promise.resolve(processes.due(...args))),
        open: (manager) => processes.open(manager),
      },
    };
  };
  return { open, close: () => shared.close() };
}

/** An error that says nothing of what was done. */
export const lostReply = (): Error => new ServiceFault('TimeoutError');
