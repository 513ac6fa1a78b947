import type { CircuitSnapshot, CircuitState } from '../core/breaker/circuit-breaker.port.js';

/** A circuit, to look at and to set by hand. What is set by hand stays until `close`. */
export interface CircuitHandle {
  readonly name: string;
  readonly key: string | undefined;
  readonly state: CircuitState;
  snapshot(): CircuitSnapshot;
  /** Refuses every call until `close`. */
  forceOpen(): void;
  /** The same as `forceOpen`. */
  isolate(): void;
  /** Lets every call pass and counts nothing, until `close`. */
  disable(): void;
  /** Counts and never opens, until `close`. */
  metricsOnly(): void;
  /** Closes the circuit with an empty window. */
  close(): void;
}
