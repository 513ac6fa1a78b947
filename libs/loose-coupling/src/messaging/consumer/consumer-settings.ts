import type { ConsumerRateLimit } from './receive-throttle.js';

/** How a consumer takes messages from its queue. Times are milliseconds. */
export interface ConsumerSettings {
  /**
   * Handlers that may run at once. No more messages are received than there are handlers free to run them; on FIFO
   * queues the messages of one group share a handler, and at most `concurrency` x `maxReceiveBatch` of them wait.
   * @defaultValue 10
   */
  readonly concurrency: number;
  /**
   * How long a received message stays hidden from other consumers; the heartbeat extends it while the handler runs.
   * @defaultValue 30_000
   */
  readonly visibilityTimeout: number;
  /**
   * Extend the visibility of every message in hand when two thirds of it have passed, for at most 12 hours.
   * Without it a handler slower than `visibilityTimeout` loses its message to another consumer.
   * @defaultValue true
   */
  readonly heartbeat: boolean;
  /**
   * A larger body (UTF-8 bytes) goes to the dead-letter queue without being handled.
   * @defaultValue 1_048_576
   */
  readonly maxMessageBytes: number;
  /**
   * How long `stop()` waits for running handlers before it aborts their signals.
   * @defaultValue 25_000
   */
  readonly drainTimeout: number;
  /**
   * How long an acknowledgement may wait for others to share its call. 0 flushes at the end of the current turn of
   * the event loop. FIFO queues never wait.
   * @defaultValue 0
   */
  readonly acknowledgeLinger: number;
  /**
   * How long an empty receive waits for a first message (long poll).
   * @defaultValue 20_000
   */
  readonly receiveWait: number;
  /**
   * Most messages to ask for in one receive. SQS hands out at most 10.
   * @defaultValue 10
   */
  readonly maxReceiveBatch: number;
  /**
   * Most messages that are received in any stretch of time of `interval` milliseconds, by this consumer. What is over it stays in the queue.
   * @defaultValue none
   */
  readonly rateLimit?: ConsumerRateLimit;
  /**
   * FIFO queues: messages of one group that are given to the handler before the first of them has ended; it must see to their order, as a
   * handler of batches does.
   * @defaultValue 1
   */
  readonly laneWidth: number;
}

export const DEFAULT_CONSUMER_SETTINGS: ConsumerSettings = {
  concurrency: 10,
  visibilityTimeout: 30_000,
  heartbeat: true,
  maxMessageBytes: 1_048_576,
  drainTimeout: 25_000,
  acknowledgeLinger: 0,
  receiveWait: 20_000,
  maxReceiveBatch: 10,
  laneWidth: 1,
};

/** An option that is present and undefined has its default as well. */
export function withDefaults(settings: Partial<ConsumerSettings> = {}): ConsumerSettings {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_CONSUMER_SETTINGS, ...Object.fromEntries(given) };
}
