import type { InboxMark } from '../core/event-store.js';

/**
 * Remembers which messages were handled by whom, so that a second delivery has no second effect. Handlers need not
 * call it: the mark of the message being handled joins the first commit by itself. Injectable.
 */
export abstract class Inbox {
  /** Whether the message was handled by this consumer, within the retention time. */
  abstract has(mark: InboxMark): Promise<boolean>;

  /** Remembers a message whose effect was no commit. Recording again does nothing. */
  abstract record(mark: InboxMark): Promise<void>;

  /**
   * Keeps with the mark of a request what its handler answered, as JSON, because it could not be sent: the next delivery sends it, and does
   * nothing else. Without a mark it does nothing. An inbox of your own need not have it: then the requester is told `LC_REPLY_LOST`.
   */
  keepAnswer?(mark: InboxMark, answer: string): Promise<void>;

  /** What was kept, within the retention time of the mark. */
  answerOf?(mark: InboxMark): Promise<string | undefined>;

  /** @internal The mark as a commit of the work in progress carries it, where that is not the same. */
  stored?(mark: InboxMark): InboxMark;
}

export interface InboxRetention {
  /** Milliseconds a mark is kept; a message delivered again later is handled again. */
  readonly retention: number;
}

/** 7 days: longer than a message may sit in a queue before it is handed out again in practice. */
export const DEFAULT_INBOX_RETENTION_MS = 7 * 24 * 60 * 60 * 1000;
