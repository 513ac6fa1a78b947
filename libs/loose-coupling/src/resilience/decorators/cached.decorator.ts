import type { CacheOptions } from '../options/policy-options.js';
import { declarePolicy } from './declare-policy.js';
import { resilienceDecorator, type ResilienceDecorator } from './resilience-decorator.js';

export type CachedDecoratorOptions = CacheOptions;

/**
 * Answers from memory: answers younger than `ttl` instead of a call, those up to `staleOnError` old when the call failed. Not for streams. A
 * string is the name of a shared policy.
 *
 * @example
 * ```ts
 * @Cached({ ttl: 5_000, staleOnError: 600_000, key: ([sku]: [string]) => sku })
 * async price(sku: string): Promise<Price> { … }
 * ```
 */
export function Cached(options: string | CachedDecoratorOptions): ResilienceDecorator {
  return resilienceDecorator('Cached', { policy: declarePolicy('cache', options) });
}
