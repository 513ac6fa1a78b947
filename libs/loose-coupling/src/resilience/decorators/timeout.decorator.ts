import type { TimeoutOptions } from '../options/policy-options.js';
import { declarePolicy } from './declare-policy.js';
import { resilienceDecorator, type ResilienceDecorator } from './resilience-decorator.js';

/**
 * Fails an attempt with an `OperationTimeoutError` after this many milliseconds and aborts the signal of `currentAttempt()`; `total` limits
 * all attempts together, waits included. Of a stream, the attempt's limit is for the first item and `total` for all of it. A string
 * is the name of a shared policy.
 *
 * @example
 * ```ts
 * @Timeout({ attempt: 800, total: 2_000 })
 * async quote(order: Order): Promise<Quote> {
 *   return this.http.get(url, { signal: currentAttempt().signal });
 * }
 * ```
 */
export function Timeout(limit: string | TimeoutOptions): ResilienceDecorator {
  return resilienceDecorator('Timeout', { policy: declarePolicy('timeout', limit) });
}
