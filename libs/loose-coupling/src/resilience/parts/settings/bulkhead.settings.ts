import { ADAPTIVE_LIMIT_DEFAULTS, BULKHEAD_DEFAULTS } from '../../options/policy-defaults.js';
import type { AdaptiveLimitOptions, BulkheadOptions } from '../../options/policy-options.js';

/** Options of a bulkhead with every default filled in. `undefined` means off. */
export interface BulkheadSettings {
  readonly maxConcurrent: number;
  readonly maxQueue: number;
  readonly queueTimeout: number | undefined;
  readonly adaptive: Required<AdaptiveLimitOptions> | undefined;
}

export function bulkheadSettings(options: BulkheadOptions): BulkheadSettings {
  const given = typeof options === 'number' ? { maxConcurrent: options } : options;
  return {
    maxConcurrent: given.maxConcurrent ?? BULKHEAD_DEFAULTS.maxConcurrent,
    maxQueue: given.maxQueue ?? BULKHEAD_DEFAULTS.maxQueue,
    queueTimeout: given.queueTimeout,
    adaptive: adaptiveSettings(given.adaptive),
  };
}

function adaptiveSettings(given: boolean | AdaptiveLimitOptions = false): BulkheadSettings['adaptive'] {
  if (given === false) return undefined;
  const { minLimit, maxLimit, tolerance, smoothing }: AdaptiveLimitOptions = given === true ? {} : given;
  return {
    minLimit: minLimit ?? ADAPTIVE_LIMIT_DEFAULTS.minLimit,
    maxLimit: maxLimit ?? ADAPTIVE_LIMIT_DEFAULTS.maxLimit,
    tolerance: tolerance ?? ADAPTIVE_LIMIT_DEFAULTS.tolerance,
    smoothing: smoothing ?? ADAPTIVE_LIMIT_DEFAULTS.smoothing,
  };
}
