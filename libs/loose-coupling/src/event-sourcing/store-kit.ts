/** What an event store of another kind is built with; `/testing` has the contract it must keep. */
export { BaseEventStore } from './core/base-event-store.js';
export type { EventPage, EventPages, StreamRange } from './core/stream-pages.js';
export { CommitSignal, type CommitWatch } from './core/commit-signal.js';
export { checkExpectedVersion } from './core/expected-version.js';
export { undecodable } from './core/undecodable.js';
export { dueAtOf } from './core/process-index.js';
export { outsideHandlerRun } from './core/handler-run.js';
export type {
  CommitOutcome,
  PreparedAppend,
  PreparedCommit,
  PreparedEvent,
  PreparedMessage,
} from './core/prepared-commit.js';
export { DEFAULT_INBOX_RETENTION_MS } from './inbox/inbox.js';
export { isInForce } from './outbox/lease-term.js';
export { holderIsGone, relayIdentity } from './outbox/relay-identity.js';
export { partitionOf } from './subscriptions/partition.js';
