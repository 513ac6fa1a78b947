import type { ConsumerRateLimit } from '../consumer/receive-throttle.js';
import type { EventPattern } from '../patterns/event-pattern.js';
import type { MessageHandler } from '../dispatch/message-handler.js';

/** An event that is copied to a queue. */
export interface BoundTopic {
  readonly name: string;
  readonly fifo: boolean;
  readonly filter?: EventPattern;
}

/** A queue that this service receives from, with everything it is received for. */
export interface QueueBinding {
  readonly queue: string;
  readonly fifo: boolean;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly visibilityTimeout: number;
  readonly rateLimit?: ConsumerRateLimit;
  /** FIFO queues: messages of one group in one batch. */
  readonly laneWidth?: number;
  /** By message type. */
  readonly handlers: ReadonlyMap<string, MessageHandler>;
  readonly topics: readonly BoundTopic[];
}

/** A dead-letter queue that this service takes letters from. */
export interface DeadLetterBinding {
  /** Queue whose letters these are. */
  readonly originalQueue: string;
  readonly concurrency: number;
  readonly visibilityTimeout: number;
  /** By message type; the empty type takes every other. */
  readonly handlers: ReadonlyMap<string, MessageHandler>;
}
