import { isLooseCouplingError } from '../../kernel/index.js';
import { isKnownNotStarted } from '../core/retry/is-known-not-started.js';
import { isRetryableByDefault } from '../core/retry/is-retryable.js';
import { RetryBudget } from '../core/retry/retry-budget.js';
import { createRetrySchedule } from '../core/retry/retry-schedule.js';
import type { RetryPart } from '../pipeline/policy-set.port.js';
import type { LivePart, OptionsOf } from './live-part.js';
import { retrySettings, type RetrySettings } from './settings/retry.settings.js';

/** The retries of one policy; what lives is their budget. */
export class LiveRetry implements LivePart<'retry'> {
  private settings: RetrySettings;
  private budget: RetryBudget | undefined;

  constructor(
    private readonly name: string,
    options: OptionsOf<'retry'>,
    private readonly random: () => number,
  ) {
    this.settings = retrySettings(options);
    this.budget = this.settings.budget && new RetryBudget(this.settings.budget);
  }

  configure(options: OptionsOf<'retry'>): void {
    this.settings = retrySettings(options);
    const { budget } = this.settings;
    if (budget && this.budget) this.budget.reconfigure(budget);
    else this.budget = budget && new RetryBudget(budget);
  }

  part(): RetryPart {
    const { settings, name, budget } = this;
    const { maxAttempts, maxDelay, totalTimeout } = settings;
    const retryIfResult = resultRetryableBy(settings);
    const schedule = createRetrySchedule(settings, this.random);
    const isRetryable = retryableBy(settings);
    return { name, maxAttempts, schedule, maxDelay, totalTimeout, budget, isRetryable, retryIfResult };
  }
}

/**
 * Our own refusals are never tried again, whatever `retryIf` says: it is asked about what is left. When it throws, it has not
 * said yes, and the caller gets the error that it was asked about.
 */
function retryableBy({ idempotent, retryIf }: RetrySettings): RetryPart['isRetryable'] {
  return (error, attempt, hasBegun) => {
    if (!idempotent && hasBegun && !isKnownNotStarted(error)) return false;
    const byDefault = isRetryableByDefault(error);
    if (retryIf === undefined || (!byDefault && isLooseCouplingError(error))) return byDefault;
    try {
      return retryIf(error, attempt);
    } catch {
      return false;
    }
  };
}

/** A result is proof that the work has run. A predicate that throws has not said that it should run again. */
function resultRetryableBy({ idempotent, retryIfResult }: RetrySettings): RetryPart['retryIfResult'] {
  if (!idempotent || retryIfResult === undefined) return undefined;
  return (result, attempt) => {
    try {
      return retryIfResult(result, attempt);
    } catch {
      return false;
    }
  };
}
