import type { OnEventOptions } from '../decorators/handler-options.js';
import type { MessageContext } from '../dispatch/message-context.js';

/** Options of `@OnBatch`. `queue` and `filter` are for events. */
export interface OnBatchOptions extends Omit<OnEventOptions, 'inbox' | 'concurrency'> {
  /** Most messages that the handler gets at once. Default 100. */
  readonly size?: number;
  /** Milliseconds that the first message of a batch waits for others. Default 1,000. */
  readonly maxWait?: number;
  /** Batches handled at the same time by this instance. Default 1. */
  readonly concurrency?: number;
}

/** What a batch handler gets beside the list. */
export interface BatchContext {
  readonly queue: string;
  readonly handler: string;
  /** One for each element of the list, in its order. */
  readonly messages: readonly MessageContext[];
  /** Aborted when the handler should end for all of them: each was lost to another consumer, or the drain timeout has passed. */
  readonly signal: AbortSignal;
}

/** A message of the batch that was not handled. */
export interface BatchFailure {
  /** `id` of its `MessageContext`. */
  readonly id: string;
  /** Why: goes into its dead letter in the end. May be a `RetryLater`, `DeadLetter` or `Discard`. */
  readonly error: unknown;
}

export const BATCH_DEFAULTS = { size: 100, maxWait: 1_000, concurrency: 1 };
