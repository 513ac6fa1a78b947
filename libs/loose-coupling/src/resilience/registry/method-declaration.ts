import type { PolicyKind, PolicyOptions } from '../options/policy-options.js';

/** One decorator's worth: a policy of its own, or a shared one by name. */
export interface DeclaredPolicy<K extends PolicyKind = PolicyKind> {
  readonly kind: K;
  /**
   * `@CircuitBreaker('payments')` and `@CircuitBreaker({ name: 'payments', … })`: one machine for all methods that say so, with the
   * configuration's options (which win), or those given with the name. Without a name the machine is the method's own.
   */
  readonly name?: string;
  readonly options?: PolicyOptions[K];
  /** One machine for each key; for circuitBreaker, bulkhead and rateLimit. */
  readonly key?: (args: readonly unknown[]) => string;
}

/** What the decorators of one method, and of its class, say. */
export interface MethodDeclaration {
  /** `Class.method`, for events, errors and `describe()`. Two classes of one name are two declarations all the same. */
  readonly name: string;
  /** A policy of the configuration, all of it: `@Resilient('inventory')`. What the method says itself comes first. */
  readonly policy?: string;
  readonly policies: readonly DeclaredPolicy[];
  readonly order?: readonly PolicyKind[];
}
