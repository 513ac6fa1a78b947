import type { CircuitBreakerOptions } from '../options/circuit-breaker.options.js';
import type { OutcomeOptions } from '../options/policy-options.js';
import { declareSharedPolicy, type SharedPolicyOptions } from './declare-policy.js';
import { resilienceDecorator, type ResilienceDecorator } from './resilience-decorator.js';

export type CircuitBreakerDecoratorOptions = CircuitBreakerOptions & OutcomeOptions & SharedPolicyOptions;

/**
 * Refuses calls with a `CircuitOpenError` while most of them fail, so that neither side wastes work. Without arguments it takes the
 * defaults; a string is the name of a shared policy.
 *
 * @example
 * ```ts
 * @CircuitBreaker({ name: 'payments', failureRateThreshold: 50, openDuration: 30_000 })
 * async quote(order: Order): Promise<Quote> { … }
 *
 * @CircuitBreaker({ key: ([tenant]: [string]) => tenant })
 * async stock(tenant: string): Promise<number> { … }
 * ```
 */
export function CircuitBreaker(options: string | CircuitBreakerDecoratorOptions = {}): ResilienceDecorator {
  return resilienceDecorator('CircuitBreaker', { policy: declareSharedPolicy('circuitBreaker', options) });
}
