/** What processes share of a breaker: its transitions, not its counts. Times are wall-clock milliseconds since the epoch. */
export interface SharedCircuit {
  readonly name: string;
  readonly state: 'closed' | 'open' | 'half-open';
  /** Grows with every accepted write. */
  readonly generation: number;
  /** When the state is `open`: until then. */
  readonly openUntil: number;
  /** How often it opened in a row, for a growing open duration. */
  readonly timesOpened: number;
  /** Who may probe, until when. */
  readonly probe?: { readonly owner: string; readonly until: number };
  /** Kept for callers that have no breaker of their own; see `CircuitBreakerFunction`. Others carry it along. */
  readonly counts?: CircuitCounts;
}

/** What the circuit breaker function of the source document counts, and by which limits. */
export interface CircuitCounts {
  readonly failureCount: number;
  /** Milliseconds since the epoch; 0: none yet. */
  readonly lastFailureTime: number;
  readonly failureThreshold: number;
  /** How long the circuit stays open after a failure, in seconds. */
  readonly timeoutSeconds: number;
  readonly halfOpenMaxCalls: number;
  readonly halfOpenCalls: number;
}

/**
 * Where breakers of several processes meet. Every write is conditional on the generation that its writer has seen, so of two writers one
 * learns that it was late. Never on the path of a call: a breaker decides by itself and tells, or asks, in the background.
 */
export abstract class CircuitStateStore {
  /**
   * The circuits of these names, in any order; one that nobody has written is left out.
   * @throws {CircuitStoreError} when the store cannot be read
   */
  abstract read(names: readonly string[]): Promise<readonly SharedCircuit[]>;

  /**
   * Writes if the stored generation is still `expected` (0: nothing is stored). Resolves to true, or to what is
   * stored instead; where nothing is stored (any more), that is `unwrittenCircuit(name)`.
   * @throws {CircuitStoreError} when the outcome is unknown, or the circuit's generation is not above `expected`
   */
  abstract write(circuit: SharedCircuit, expected: number): Promise<true | SharedCircuit>;

  /** Releases connections. */
  abstract close(): Promise<void>;
}
