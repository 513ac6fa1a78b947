import type { ChaosOptions } from '../options/policy-options.js';
import { declarePolicy } from './declare-policy.js';
import { resilienceDecorator, type ResilienceDecorator } from './resilience-decorator.js';

/**
 * Adds latency, faults or answers to a share of the calls, to see what the other policies make of it. Does nothing unless chaos is
 * switched on for the registry. A string is the name of a shared policy.
 *
 * @example
 * ```ts
 * @Chaos({ rate: 0.05, fault: () => new Error('the network is gone') })
 * async quote(order: Order): Promise<Quote> { … }
 * ```
 */
export function Chaos(options: string | ChaosOptions): ResilienceDecorator {
  return resilienceDecorator('Chaos', { policy: declarePolicy('chaos', options) });
}
