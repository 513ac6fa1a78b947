/** Why and where a message failed; travels as one attribute, so the body stays as it was sent. */
export interface DeadLetterDetails {
  /** Class name of the error. */
  readonly errorType: string;
  /** Stable code, when the error has one. */
  readonly errorCode?: string;
  readonly message: string;
  /** First lines of the stack. */
  readonly stack?: string;
  /** RFC 3339, UTC. */
  readonly failedAt: string;
  readonly originalQueue: string;
  readonly attempts: number;
  readonly handler?: string;
  /** How often it was sent back by a redrive. */
  readonly redriveCount: number;
}

/** Name of the attribute that holds `DeadLetterDetails` as JSON. */
export const DEAD_LETTER_ATTRIBUTE = 'lc-dead-letter';

/** `orders` → `orders-dlq`, `orders.fifo` → `orders-dlq.fifo`. */
export const deadLetterQueueName = (queue: string): string =>
  queue.endsWith('.fifo') ? `${queue.slice(0, -'.fifo'.length)}-dlq.fifo` : `${queue}-dlq`;
