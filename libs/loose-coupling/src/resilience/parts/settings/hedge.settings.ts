import { HEDGE_DEFAULTS } from '../../options/policy-defaults.js';
import type { HedgeOptions } from '../../options/policy-options.js';

/** Options of hedging with every default filled in. */
export type HedgeSettings = Required<HedgeOptions>;

export const hedgeSettings = ({ delay, maxAttempts }: HedgeOptions): HedgeSettings => ({
  delay: delay ?? HEDGE_DEFAULTS.delay,
  maxAttempts: maxAttempts ?? HEDGE_DEFAULTS.maxAttempts,
});
