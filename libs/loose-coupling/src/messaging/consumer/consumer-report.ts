import { isLooseCouplingError } from '../../kernel/index.js';

/** What the consumer was doing when something went wrong. */
export type ConsumerActivity = 'receive' | 'handle' | 'acknowledge' | 'changeVisibility' | 'heartbeat' | 'deadLetter';

/** Where an error reported by a consumer belongs. */
export interface ConsumerErrorDetails {
  readonly queue: string;
  readonly activity: ConsumerActivity;
  readonly messageId?: string;
  /** True when trying again is not expected to help, such as a queue that does not exist. */
  readonly fatal: boolean;
}

/** Told of messages that fail outside of an outcome, and of failing queue calls, once for each streak. May throw. */
export type ConsumerErrorListener = (error: unknown, details: ConsumerErrorDetails) => void;

/** Counts since the consumer was made. */
export interface ConsumerCounters {
  received: number;
  /** Deleted after a handler succeeded. */
  acknowledged: number;
  /** Handed back for another attempt. */
  retried: number;
  deadLettered: number;
  /** Handed back without having been run: the rest of a failed FIFO group, or at shutdown. */
  released: number;
  /** The receipt ran out or went to another consumer while the message was in hand. */
  lost: number;
}

export class ConsumerReporter {
  readonly counters: ConsumerCounters = {
    received: 0,
    acknowledged: 0,
    retried: 0,
    deadLettered: 0,
    released: 0,
    lost: 0,
  };

  constructor(
    private readonly queue: string,
    private readonly listener: ConsumerErrorListener,
  ) {}

  report(error: unknown, activity: ConsumerActivity, messageId?: string, fatal = isFatal(error)): void {
    try {
      this.listener(error, { queue: this.queue, activity, fatal, ...(messageId !== undefined && { messageId }) });
    } catch {
      // A failing logger must not stop the consumer.
    }
  }
}

const FATAL_CODES = ['LC_CLOSED', 'LC_UNKNOWN_QUEUE'];

/**
 * Whether an error of a queue call will not go away by itself: our own closed and unknown-queue errors, and any
 * error that its adapter marked with `permanent: true`.
 */
export function isFatal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ((error as { permanent?: unknown }).permanent === true) return true;
  return isLooseCouplingError(error) && FATAL_CODES.includes(error.code);
}

/** The receipt is no longer valid: the message is visible to others, was taken by one, or is gone. */
export const isReceiptExpired = (error: unknown): boolean => isLooseCouplingError(error, 'LC_RECEIPT_EXPIRED');
