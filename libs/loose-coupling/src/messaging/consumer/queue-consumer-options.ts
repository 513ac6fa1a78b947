import type { Clock } from '../../kernel/index.js';
import type { MessageQueue } from '../core/message-queue.js';
import type { ConsumerErrorListener } from './consumer-report.js';
import type { ConsumerSettings } from './consumer-settings.js';
import type { HandleMessage } from './message-processor.js';

export interface QueueConsumerOptions {
  readonly queue: MessageQueue;
  /** Without one, a message that is given up stays in the queue and comes again with backoff. */
  readonly deadLetterQueue?: MessageQueue;
  /**
   * Handles one message. The signal is aborted when the message is lost to another consumer, and when a shutdown has
   * waited for `drainTimeout`; it is never aborted once this has resolved. A handler that stops early because of it
   * must throw: one that resolves says that the message is done. An outcome that it returns is its own to log; `onError`
   * is told when it rejects.
   */
  readonly handle: HandleMessage;
  /** What is left out has its default. */
  readonly settings?: Partial<ConsumerSettings>;
  readonly onError: ConsumerErrorListener;
  readonly clock?: Clock;
  /** Source of jitter, from 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
}
