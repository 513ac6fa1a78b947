import { HEDGE_DEFAULTS } from '../../options/policy-defaults.js';
import type { HedgeOptions } from '../../options/policy-options.js';
import { budgetSettings, type RetrySettings } from './retry.settings.js';

/** Options of hedging with every default filled in. */
export interface HedgeSettings extends Required<Omit<HedgeOptions, 'budget'>> {
  readonly budget: RetrySettings['budget'];
}

export const hedgeSettings = ({ delay, maxAttempts, budget }: HedgeOptions): HedgeSettings => ({
  delay: delay ?? HEDGE_DEFAULTS.delay,
  maxAttempts: maxAttempts ?? HEDGE_DEFAULTS.maxAttempts,
  budget: budgetSettings(budget),
});
