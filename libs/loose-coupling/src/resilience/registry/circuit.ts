import type { CircuitBreakerMachine, CircuitTransition } from '../core/breaker/circuit-breaker.port.js';

/** A circuit of a registry, as shared state attaches to it. */
export interface Circuit {
  /** Name of the policy, or `Class.method`. */
  readonly name: string;
  readonly key: string | undefined;
  /** Whether the circuit has a name that somebody gave it: only then other processes mean the same one by it. */
  readonly named: boolean;
  readonly machine: CircuitBreakerMachine;
  /** Called after each transition. One for each circuit. */
  onTransition: ((transition: CircuitTransition) => void) | undefined;
  /** Asked before an open circuit becomes half-open; false: it stays open for now. */
  mayProbe: ((now: number) => boolean) | undefined;
}
