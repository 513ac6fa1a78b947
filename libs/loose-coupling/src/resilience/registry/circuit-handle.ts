import type { CircuitSnapshot, CircuitState } from '../core/breaker/circuit-breaker.port.js';

/** A circuit, to look at and to set by hand. What is set by hand stays until `close` or `resume`. */
export interface CircuitHandle {
  readonly name: string;
  readonly key: string | undefined;
  readonly state: CircuitState;
  snapshot(): CircuitSnapshot;
  /** Refuses every call until `close` or `resume`. */
  forceOpen(): void;
  /** The same as `forceOpen`. */
  isolate(): void;
  /** Lets every call pass and counts nothing, until `close` or `resume`. */
  disable(): void;
  /** Counts and never opens, until `close` or `resume`. */
  metricsOnly(): void;
  /** Leaves what was set by hand for the state before it: a circuit that was open is open again, until its time is up. */
  resume(): void;
  /** Closes the circuit with an empty window. */
  close(): void;
}
