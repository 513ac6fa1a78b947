import type { ConsumerRateLimit } from '../consumer/receive-throttle.js';
import type { EventPattern } from '../patterns/event-pattern.js';

/** How often and how soon a failing message is handed to its handler again. Times are milliseconds. */
export interface HandlerRetryOptions {
  /** Runs in all, the first included, before the message goes to the dead-letter queue. Default 5. */
  readonly maxAttempts?: number;
  /** Wait before the second attempt; doubles with every further one. Default 1_000. */
  readonly initialDelay?: number;
  /** No wait is longer. Default 900_000 (15 minutes). */
  readonly maxDelay?: number;
  /** Spreads waits so that failed messages do not return together. Default `full`. */
  readonly jitter?: 'full' | 'equal' | 'none';
}

/** Options of `@OnCommand`, and the common part of all handlers' options. */
export interface MessageHandlerOptions {
  /** Messages of the queue handled at the same time by this instance. Default: `consumer.concurrency`. */
  readonly concurrency?: number;
  /** Default: `consumer.retry`. */
  readonly retry?: HandlerRetryOptions;
  /** Milliseconds until an unacknowledged message is handed out again; renewed while the handler runs. Default: `consumer.visibilityTimeout`. */
  readonly visibilityTimeout?: number;
  /** Whether a message that was handled before is recognised and skipped. Default true. */
  readonly inbox?: boolean;
  /**
   * Most messages of the queue that this instance takes in any `interval` (milliseconds): levels load for what is behind the handler. What is
   * over it stays in the queue, visible to others. Default: no limit.
   */
  readonly rateLimit?: ConsumerRateLimit;
}

/** Options of `@OnRequest`. */
export interface OnRequestOptions extends MessageHandlerOptions {
  /**
   * Event that answers are published as when the request names no reply queue: for callers whose service client has a `responseTopic`. Default:
   * none.
   */
  readonly responseTopic?: string;
}

/** Options of `@OnEvent`. */
export interface OnEventOptions extends MessageHandlerOptions {
  /**
   * Queue to receive from. Handlers of several events may share one. Default: a queue of the service's own for this
   * event, `<service>-<event name with dots as dashes>`.
   */
  readonly queue?: string;
  /** Only events whose data matches are delivered; an EventBridge pattern. */
  readonly filter?: EventPattern;
}

/** Options of `@OnDeadLetter`. */
export interface OnDeadLetterOptions {
  /** Default 1. */
  readonly concurrency?: number;
  /** `maxAttempts` has no meaning here: a dead letter is tried until it is handled. */
  readonly retry?: Omit<HandlerRetryOptions, 'maxAttempts'>;
  /** Milliseconds. Default: `consumer.visibilityTimeout`. */
  readonly visibilityTimeout?: number;
}
