import type {
  AdaptiveLimitOptions,
  BulkheadOptions,
  HedgeOptions,
  RateLimitOptions,
  RetryBudgetOptions,
  RetryOptions,
} from './policy-options.js';

/** What is used where an option is left out. Options that are not here are off then. Times are milliseconds. */
export const RETRY_DEFAULTS = {
  maxAttempts: 3,
  initialDelay: 100,
  maxDelay: 10_000,
  backoff: 'exponential',
  jitter: 'full',
  idempotent: true,
} as const satisfies RetryOptions;

export const RETRY_BUDGET_DEFAULTS = {
  ratio: 0.2,
  minPerSecond: 10,
  window: 10_000,
} as const satisfies Required<RetryBudgetOptions>;

export const BULKHEAD_DEFAULTS = { maxConcurrent: 10, maxQueue: 0 } as const satisfies BulkheadOptions;

export const ADAPTIVE_LIMIT_DEFAULTS = {
  minLimit: 1,
  maxLimit: 200,
  tolerance: 1.5,
  smoothing: 0.2,
} as const satisfies Required<AdaptiveLimitOptions>;

/** `burst` is `limit` by default. */
export const RATE_LIMIT_DEFAULTS = { interval: 1000, maxWait: 0 } as const satisfies Partial<RateLimitOptions>;

export const HEDGE_DEFAULTS = { delay: 100, maxAttempts: 2 } as const satisfies HedgeOptions;
