import { RETRY_BUDGET_DEFAULTS, RETRY_DEFAULTS } from '../../options/policy-defaults.js';
import type { RetryBudgetOptions, RetryOptions } from '../../options/policy-options.js';

/** Options of retries with every default filled in. `undefined` means off. */
export interface RetrySettings extends Required<
  Pick<RetryOptions, 'maxAttempts' | 'initialDelay' | 'maxDelay' | 'backoff' | 'jitter' | 'idempotent'>
> {
  readonly budget: Required<RetryBudgetOptions> | undefined;
  readonly totalTimeout: number | undefined;
  readonly retryIf: RetryOptions['retryIf'];
  readonly retryIfResult: RetryOptions['retryIfResult'];
}

export function retrySettings(options: RetryOptions): RetrySettings {
  const { maxAttempts, initialDelay, maxDelay, backoff, jitter, idempotent } = RETRY_DEFAULTS;
  return {
    maxAttempts: options.maxAttempts ?? maxAttempts,
    initialDelay: options.initialDelay ?? initialDelay,
    maxDelay: options.maxDelay ?? maxDelay,
    backoff: options.backoff ?? backoff,
    jitter: options.jitter ?? jitter,
    idempotent: options.idempotent ?? idempotent,
    budget: budgetSettings(options.budget),
    totalTimeout: options.totalTimeout,
    retryIf: options.retryIf,
    retryIfResult: options.retryIfResult,
  };
}

export function budgetSettings(given: RetryBudgetOptions | false = {}): RetrySettings['budget'] {
  if (given === false) return undefined;
  return {
    ratio: given.ratio ?? RETRY_BUDGET_DEFAULTS.ratio,
    minPerSecond: given.minPerSecond ?? RETRY_BUDGET_DEFAULTS.minPerSecond,
    window: given.window ?? RETRY_BUDGET_DEFAULTS.window,
  };
}
