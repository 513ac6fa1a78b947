import type { RetryOptions } from '../options/policy-options.js';
import { declarePolicy } from './declare-policy.js';
import { resilienceDecorator, type ResilienceDecorator } from './resilience-decorator.js';

/**
 * Tries again when an attempt failed, with growing, jittered waits and a budget. Being there declares the method safe to repeat; where it
 * is not, `idempotent: false` limits retries to attempts known not to have started. Without arguments it takes the defaults; a string is
 * the name of a shared policy. A stream is subscribed to again only while it has emitted nothing.
 *
 * @example
 * ```ts
 * @Retry({ maxAttempts: 3, initialDelay: 100 })
 * async quote(order: Order): Promise<Quote> { … }
 * ```
 */
export function Retry(options: string | RetryOptions = {}): ResilienceDecorator {
  return resilienceDecorator('Retry', { policy: declarePolicy('retry', options) });
}
