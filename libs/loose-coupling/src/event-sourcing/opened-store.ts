import type { EventStore } from './core/event-store.js';
import type { ProcessIndex } from './core/process-index.js';
import type { Inbox } from './inbox/inbox.js';
import type { OutboxStorage } from './outbox/outbox-storage.js';
import type { SnapshotStore } from './snapshots/snapshot-store.js';
import type { CheckpointStore } from './subscriptions/checkpoint-store.js';

/** An event store with its outbox, inbox and checkpoints, which share its transactions. */
export interface OpenedStore {
  readonly events: EventStore;
  readonly outbox: OutboxStorage;
  readonly inbox: Inbox;
  /** Absent in a store that does not list process managers; they are refused then. */
  readonly processes?: ProcessIndex;
  readonly checkpoints: CheckpointStore;
  readonly snapshots: SnapshotStore;
}
