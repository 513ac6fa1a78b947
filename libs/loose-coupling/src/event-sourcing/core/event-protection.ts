import type { Commit, EventEnvelope } from './event-store.js';
import type { PreparedCommit } from './prepared-commit.js';
import type { EventPage, EventPages } from './stream-pages.js';

/** Stands between a store and its users: what a store keeps is what `seal` made of it. */
export interface EventProtection {
  /** @param given as the caller gave it, with instances of event classes as they were */
  seal(commit: PreparedCommit, given: Commit): Promise<PreparedCommit>;
  open(page: readonly EventEnvelope[]): Promise<readonly EventEnvelope[]>;
  /** The same where nothing can be waited for: inside the transaction of a commit. */
  openNow(page: readonly EventEnvelope[]): readonly EventEnvelope[];
}

/** Whether two lists hold the same objects. */
export const sameParts = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((part, index) => part === other[index]);

/** Pages as they are read: at once, where nothing protects them. */
export const openedPages = (protection: EventProtection | undefined, pages: EventPages): EventPages =>
  protection ? open(protection, pages) : pages;

async function* open(protection: EventProtection, pages: EventPages): AsyncGenerator<EventPage> {
  for await (const page of pages) yield await protection.open(page);
}
