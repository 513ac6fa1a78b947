import { RATE_LIMIT_DEFAULTS } from '../../options/policy-defaults.js';
import type { RateLimitOptions } from '../../options/policy-options.js';

/** Options of a rate limit with every default filled in. */
export type RateLimitSettings = Required<RateLimitOptions>;

export function rateLimitSettings({ limit, interval, burst, maxWait }: RateLimitOptions): RateLimitSettings {
  return {
    limit,
    interval: interval ?? RATE_LIMIT_DEFAULTS.interval,
    burst: burst ?? limit,
    maxWait: maxWait ?? RATE_LIMIT_DEFAULTS.maxWait,
  };
}
