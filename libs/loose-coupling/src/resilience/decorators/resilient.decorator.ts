import type { PolicyKind } from '../options/policy-options.js';
import type { MethodReturns } from './method/method-returns.js';
import { resilienceDecorator, type ResilienceDecorator } from './resilience-decorator.js';

export interface ResilientOptions {
  /** A policy of the configuration, all of it. What other decorators of the method say comes first. */
  readonly policy?: string;
  /** From the outside in; kinds left out keep their usual place. */
  readonly order?: readonly PolicyKind[];
  /** For methods of which neither their kind nor their declared type tells: usually those without a return type, or with a union. */
  readonly returns?: MethodReturns;
}

/**
 * Puts a whole policy of the configuration before a method, or says what the single decorators cannot. Bare, it marks a method for the
 * defaults of its class.
 *
 * @example
 * ```ts
 * @Resilient('inventory')
 * async stock(sku: string): Promise<number> { … }
 *
 * @Resilient({ returns: 'observable' })
 * @Retry()
 * prices(sku: string) { return this.http.get<Price>(`/prices/${sku}`); }
 * ```
 */
export function Resilient(options: string | ResilientOptions = {}): ResilienceDecorator {
  const { returns, ...settings } = typeof options === 'string' ? { policy: options } : options;
  const declared = Object.keys(settings).length > 0 ? { settings } : {};
  return resilienceDecorator('Resilient', { ...declared, ...(returns && { returns }) });
}
