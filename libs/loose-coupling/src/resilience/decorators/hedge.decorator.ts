import type { HedgeOptions } from '../options/policy-options.js';
import { declarePolicy } from './declare-policy.js';
import { resilienceDecorator, type ResilienceDecorator } from './resilience-decorator.js';

/**
 * Calls a second time when the first call is slow, and takes the answer that comes first. Only for methods that may run twice; not for
 * streams. Without arguments it takes the defaults; a string is the name of a shared policy.
 *
 * @example
 * ```ts
 * @Hedge({ delay: 50 })
 * async stock(sku: string): Promise<number> { … }
 * ```
 */
export function Hedge(options: string | HedgeOptions = {}): ResilienceDecorator {
  return resilienceDecorator('Hedge', { policy: declarePolicy('hedge', options) });
}
