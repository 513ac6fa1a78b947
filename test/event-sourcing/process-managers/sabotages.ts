import type { Commit, EventStore } from '../../../libs/loose-coupling/src/event-sourcing/core/event-store.js';
import type { ProcessStore } from './faulty-stores.js';
import type { Sabotage } from './faulty-world.js';

/** Puts another commit in place of the store's. */
const committing =
  (commit: (store: EventStore, commit: Commit) => ReturnType<EventStore['commit']>): Sabotage =>
  (parts) => {
    const store = Object.create(parts.store) as EventStore;
    store.commit = (asked) => commit(parts.store, asked);
    return { ...parts, store };
  };

const withoutMemory: Sabotage = (parts) => {
  const store = Object.create(parts.store) as EventStore;
  store.readStream = async function* (...args) {
    for await (const event of parts.store.readStream(...args)) {
      if (event.type !== 'process.inputHandled') yield event;
    }
  };
  store.commit = (commit) => parts.store.commit({ ...commit, inbox: null });
  const inbox: ProcessStore['inbox'] = { has: async () => false, record: async () => undefined };
  return { ...parts, store, inbox };
};

/** Safeguards, each taken away. */
export const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  'the version that was read is not held against the stream': committing((store, commit) =>
    store.commit({ ...commit, appends: commit.appends.map((append) => ({ ...append, expectedVersion: 'any' })) }),
  ),
  'open instances are not listed': committing((store, { process: _change, ...commit }) => store.commit(commit)),
  'the list is changed after the commit': committing(async (store, { process, ...commit }) => {
    const results = await store.commit(commit);
    if (process) await store.commit({ appends: [], process, inbox: null });
    return results;
  }),
  'messages leave before the commit': committing(async (store, { messages = [], ...commit }) => {
    if (messages.length > 0) await store.commit({ appends: [], messages, inbox: null });
    return store.commit(commit);
  }),
  'handled inputs are forgotten': withoutMemory,
};
