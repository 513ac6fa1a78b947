import type { BackoffOptions } from '../../kernel/index.js';

/** Times are milliseconds. */
export interface OutboxRelayOptions {
  /** Messages read, and settled, at a time. Default 100. */
  readonly batchSize?: number;
  /** How long a relay that has died is waited for, when its death cannot be seen. Default 5000. */
  readonly leaseDuration?: number;
  /** Waits after a failure. Default: from 100 to 30,000, jitter 'equal'. */
  readonly retry?: Partial<BackoffOptions>;
  /** Longest wait of `stop()` for a publication in progress. Default 10,000. */
  readonly stopTimeout?: number;
}

export interface ResolvedRelayOptions {
  readonly batchSize: number;
  readonly leaseDuration: number;
  readonly retry: BackoffOptions;
  readonly stopTimeout: number;
}

export const resolveRelayOptions = (options: OutboxRelayOptions = {}): ResolvedRelayOptions => ({
  batchSize: options.batchSize ?? 100,
  leaseDuration: options.leaseDuration ?? 5000,
  retry: { initialDelay: 100, maxDelay: 30_000, jitter: 'equal', ...options.retry },
  stopTimeout: options.stopTimeout ?? 10_000,
});
