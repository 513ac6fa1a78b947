import type { Commit, EventEnvelope } from './event-store.js';
import type { PreparedCommit } from './prepared-commit.js';

/** Told of an event that cannot be opened, however often that is tried. `index` is its place in the page. */
export type UnreadableListener = (index: number, cause: unknown) => void;

/** Stands between a store and its users: what a store keeps is what `seal` made of it. */
export interface EventProtection {
  /** @param given as the caller gave it, with instances of event classes as they were */
  seal(commit: PreparedCommit, given: Commit): Promise<PreparedCommit>;
  /** What cannot be opened is told of, and comes as it is stored. Rejects when that may go better another time. */
  open(page: readonly EventEnvelope[], onUnreadable: UnreadableListener): Promise<readonly EventEnvelope[]>;
  /** The same where nothing can be waited for: inside the transaction of a commit. */
  openNow(page: readonly EventEnvelope[], onUnreadable: UnreadableListener): readonly EventEnvelope[];
}

/** Whether two lists hold the same objects. */
export const sameParts = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((part, index) => part === other[index]);
