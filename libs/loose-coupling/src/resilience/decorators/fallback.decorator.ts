import type { FallbackHandler, FallbackOptions } from '../options/policy-options.js';
import { resilienceDecorator, type ResilienceDecorator } from './resilience-decorator.js';

/**
 * Answers instead of the method when everything else failed: with a method of the same object, by name, or a function, called as
 * `(error, ...args)`. May be repeated; of those whose `on` takes the error, the uppermost answers. The fallback of a shared policy
 * comes with `@Resilient('name')`. For a stream, it stands in only while nothing has been emitted, and may return a stream itself.
 *
 * @example
 * ```ts
 * @Fallback('lastKnownQuote', { on: CircuitOpenError })
 * async quote(order: Order): Promise<Quote> { … }
 *
 * lastKnownQuote(error: unknown, order: Order): Quote { … }
 * ```
 */
export function Fallback(
  use: string | symbol | FallbackHandler,
  options: Pick<FallbackOptions, 'on'> = {},
): ResilienceDecorator {
  return resilienceDecorator('Fallback', { fallback: { ...options, use } });
}
