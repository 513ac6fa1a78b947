import type { CircuitBreakerMachine, CircuitTransition } from '../core/breaker/circuit-breaker.port.js';
import type { CircuitBreakerSettings } from '../options/circuit-breaker.options.js';

/** Who shares a circuit with other processes. */
export interface CircuitObserver {
  /** Called after each transition, within the call that caused it. */
  onTransition?(transition: CircuitTransition): void;
  /** Asked before an open circuit becomes half-open; false: it stays open for now. `now` is monotonic. */
  mayProbe?(now: number): boolean;
}

/** A circuit of a registry, as shared state attaches to it. */
export interface Circuit {
  /** Name of the policy, or `Class.method`. */
  readonly name: string;
  readonly key: string | undefined;
  /** Whether somebody gave the name on purpose: only then do other processes mean the same circuit by it. */
  readonly named: boolean;
  readonly machine: CircuitBreakerMachine;
  /** As they are now; a reload changes them. */
  readonly settings: Pick<CircuitBreakerSettings, 'openDuration' | 'maxOpenDuration' | 'halfOpenMaxWait'>;
  observer: CircuitObserver | undefined;
}
