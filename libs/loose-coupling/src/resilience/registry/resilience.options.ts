import type { PolicyKind, PolicyOptions } from '../options/policy-options.js';

/** Policies under one name. What is not given comes from `base`, then from `defaults`. */
export interface NamedPolicyOptions extends PolicyOptions {
  /** Name of the policy that this one is a variation of; it may have a base itself. */
  readonly base?: string;
  /** From the outside in. Default: fallback, cache, retry, hedge, circuitBreaker, rateLimit, timeout, bulkhead, chaos. */
  readonly order?: readonly PolicyKind[];
}

/** What the configuration says about resilience. */
export interface ResilienceOptions {
  /** By name: for `@Resilient('inventory')`, `@Retry('inventory')` and `ResilienceRegistry.policy('inventory')`. */
  readonly policies?: Readonly<Record<string, NamedPolicyOptions>>;
  /** Options of every policy that is used and does not say them itself. Adds no policy where there is none. */
  readonly defaults?: PolicyOptions;
  /** Switches the chaos policies on. Default false. */
  readonly chaos?: boolean;
}
