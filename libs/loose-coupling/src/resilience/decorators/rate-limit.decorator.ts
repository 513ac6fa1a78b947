import type { RateLimitOptions } from '../options/policy-options.js';
import { declareSharedPolicy, type SharedPolicyOptions } from './declare-policy.js';
import { resilienceDecorator, type ResilienceDecorator } from './resilience-decorator.js';

export type RateLimitDecoratorOptions = RateLimitOptions & SharedPolicyOptions;

/**
 * Lets `limit` calls through per `interval`; others wait up to `maxWait`, or are refused with a `RateLimitedError`. A string is the name
 * of a shared policy.
 *
 * @example
 * ```ts
 * @RateLimit({ limit: 100, interval: 1_000, maxWait: 250 })
 * async quote(order: Order): Promise<Quote> { … }
 * ```
 */
export function RateLimit(options: string | RateLimitDecoratorOptions): ResilienceDecorator {
  return resilienceDecorator('RateLimit', { policy: declareSharedPolicy('rateLimit', options) });
}
