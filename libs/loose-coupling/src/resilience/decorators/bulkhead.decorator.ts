import type { BulkheadOptions } from '../options/policy-options.js';
import { declareSharedPolicy, type SharedPolicyOptions } from './declare-policy.js';
import { resilienceDecorator, type ResilienceDecorator } from './resilience-decorator.js';

export type BulkheadDecoratorOptions = Exclude<BulkheadOptions, number> & SharedPolicyOptions;

/**
 * Lets so many calls run at a time, so that one slow dependency cannot take everything; the others wait in a queue or are refused with a
 * `BulkheadFullError`. A place is held until the work has ended, also after a timeout; for a stream, until it ends or is given up. Without arguments
 * it takes the defaults; a string is the name of a shared policy.
 *
 * @example
 * ```ts
 * @Bulkhead({ maxConcurrent: 10, maxQueue: 20, queueTimeout: 200 })
 * async quote(order: Order): Promise<Quote> { … }
 * ```
 */
export function Bulkhead(options: string | number | BulkheadDecoratorOptions = {}): ResilienceDecorator {
  return resilienceDecorator('Bulkhead', { policy: declareSharedPolicy('bulkhead', options) });
}
