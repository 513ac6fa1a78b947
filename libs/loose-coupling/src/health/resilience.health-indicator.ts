import { Injectable } from '@nestjs/common';
import { ResilienceRegistry } from '../resilience/index.js';
import { healthByName, isDegraded, isRefusing, type CircuitHealth, type RefusingKeys } from './circuit-health.js';

export interface ResilienceHealthOptions {
  /** Names of the circuits that matter. Default: all there are. */
  readonly circuits?: readonly string[];
  /**
   * What an open circuit makes of the whole: `down`, or `up` with the circuit shown and `degraded: true`. Choose `up` where an
   * orchestrator restarts, or takes out of service, what is down: that helps no dependency. Default `down`.
   */
  readonly whenOpen?: 'down' | 'up';
  /**
   * When a circuit with a key counts as open: when `any` of its keys refuses, when `all` do (of those in memory: idle ones that are closed
   * are forgotten), or `never`, so that one tenant's trouble does not take the service from the others. It is `degraded` in
   * each case. Default `never`.
   */
  readonly keyed?: RefusingKeys;
}

/** As @nestjs/terminus wants it; that package need not be installed. */
export type ResilienceHealthResult<Key extends string = string> = Record<
  Key,
  {
    readonly status: 'up' | 'down';
    /** Whether a circuit is open, for one key or all. */
    readonly degraded: boolean;
    readonly circuits: Readonly<Record<string, CircuitHealth>>;
  }
>;

/**
 * Shows the circuits to a health check. A circuit is a reason to be `down` while it refuses every call: `forced-open`, or `open` until its
 * time has passed. From then on it waits for a call to probe with, which a service that is taken out for being down would
 * never get. A half-open one is no reason, and one with a key only where `keyed` says so.
 *
 * @example
 * ```ts
 * this.health.check([() => this.resilience.isHealthy('circuits', { circuits: ['inventory'] })]);
 * ```
 */
@Injectable()
export class ResilienceHealthIndicator {
  constructor(private readonly registry: ResilienceRegistry) {}

  /** @throws {UnknownPolicyError} when a listed circuit is neither configured nor declared by a decorator */
  isHealthy<Key extends string>(key: Key, options: ResilienceHealthOptions = {}): ResilienceHealthResult<Key> {
    const found = healthByName(this.registry.circuits());
    const names = options.circuits ?? [...found.keys()];
    const circuits = Object.fromEntries(names.map((name) => [name, found.get(name) ?? this.unused(name)]));
    const { whenOpen = 'down', keyed = 'never' } = options;
    const shown = Object.values(circuits);
    const status = whenOpen === 'down' && shown.some((circuit) => isRefusing(circuit, keyed)) ? 'down' : 'up';
    const degraded = shown.some(isDegraded);
    return { [key]: { status, degraded, circuits } } as ResilienceHealthResult<Key>;
  }

  /** A circuit comes to be with its first call. A name that no call will ever have is a mistake, though. */
  private unused(name: string): CircuitHealth {
    if (this.isDeclared(name)) return { state: 'closed' };
    return { state: this.registry.circuitBreaker(name).state };
  }

  private isDeclared(name: string): boolean {
    return this.registry
      .describe()
      .pipelines.some((pipeline) =>
        pipeline.policies.some(({ kind, shared = pipeline.name }) => kind === 'circuitBreaker' && shared === name),
      );
  }
}
