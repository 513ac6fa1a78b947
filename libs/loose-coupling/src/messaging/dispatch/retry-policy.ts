import type { BackoffOptions } from '../../kernel/index.js';

/** When a failing message is tried again, and when it is given up. Times are milliseconds. */
export interface RetryPolicy extends BackoffOptions {
  /** Runs in all, the first included. */
  readonly maxAttempts: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxAttempts: 5,
  initialDelay: 1_000,
  maxDelay: 900_000,
  jitter: 'full',
};

/**
 * Deliveries beyond `maxAttempts` after which a message is given up whatever its handler says. They are for messages
 * whose handler never got to fail, because it ended the process, and for those that ask for a later attempt.
 */
const SPARE_DELIVERIES = 10;

export const maxDeliveries = (policy: RetryPolicy): number => policy.maxAttempts + SPARE_DELIVERIES;
