import type { Clock } from '../../kernel/index.js';
import type { EntryResult } from '../../messaging/index.js';

/** How entries are sent again that failed for a passing reason. Times are milliseconds. */
export interface EntryRetryOptions {
  /** The first included. */
  readonly maxAttempts: number;
  /** From the first attempt; below the five minutes for which FIFO queues and topics know a deduplication id. */
  readonly totalTimeout: number;
  /** Doubles with each attempt, up to `maxDelay`; half of it is random. */
  readonly initialDelay: number;
  readonly maxDelay: number;
}

/**
 * What is to be done about a call that failed as a whole: `retry` for a passing reason, `refuse` when no call to this destination
 * can succeed, `isolate` when one of its entries may be the reason: then each is tried alone, so that it hurts no other.
 */
export type CallVerdict = 'retry' | 'refuse' | 'isolate';

/** Times are milliseconds. */
export interface EntryBatcherOptions<Item, Result> {
  /** What is sent to, for messages: `Queue "orders"`. */
  readonly destination: string;
  /**
   * Sends the items, at most `maxEntries` of at most `maxBytes` together; resolves to a result for each, in their order.
   * A retry passes the same object again, so what must stay the same (a deduplication id) belongs into it.
   */
  readonly call: (items: readonly Item[], signal: AbortSignal) => Promise<EntryResult<Result>[]>;
  /** Of one call, all entries together. */
  readonly maxBytes: number;
  /** Default 10. */
  readonly maxEntries?: number;
  /** Most a message waits for others to share its call while calls are under way. Default 1. */
  readonly linger?: number;
  /** Calls under way. Default 10. */
  readonly maxInFlight?: number;
  /** Entries taken and not settled; above, `add` waits. Default 1,000. */
  readonly maxPending?: number;
  /** A call without an answer counts as failed for a passing reason, and is aborted. Default 15,000. */
  readonly callTimeout?: number;
  /** Default: errors of this package `refuse`, others `retry`. */
  readonly judge?: (error: unknown) => CallVerdict;
  readonly retry?: Partial<EntryRetryOptions>;
  readonly clock?: Clock;
  readonly random?: () => number;
}

export interface AddOptions {
  /** As the destination counts them. An entry of more than `maxBytes` is sent alone. */
  readonly bytes: number;
  /** Entries of one group reach the destination in the order in which they were added. */
  readonly group?: string;
  /** Ends the wait for room. What was taken is sent. */
  readonly signal?: AbortSignal;
}

export interface BatcherCloseOptions {
  /** After it, what is not in is given up. Default: none, so that it takes as long as retries are allowed to. */
  readonly timeout?: number;
}

export const DEFAULT_ENTRY_RETRY: EntryRetryOptions = {
  maxAttempts: 8,
  totalTimeout: 60_000,
  initialDelay: 100,
  maxDelay: 5_000,
};

export type BatcherSettings = Readonly<
  Record<'maxEntries' | 'linger' | 'maxInFlight' | 'maxPending' | 'callTimeout', number>
>;

export const DEFAULT_BATCHER_SETTINGS: BatcherSettings = {
  maxEntries: 10,
  linger: 1,
  maxInFlight: 10,
  maxPending: 1_000,
  callTimeout: 15_000,
};

/** What is given as `undefined` has its default too. */
export function withDefaults<Given extends object, Defaults extends object>(
  given: Given,
  defaults: Defaults,
): Given & Defaults {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(defined) } as Given & Defaults;
}
