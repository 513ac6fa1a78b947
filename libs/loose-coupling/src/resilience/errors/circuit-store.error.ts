import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown by a circuit state store that cannot answer. Breakers go on by themselves; nobody who makes a call sees it. */
export class CircuitStoreError extends LooseCouplingError {
  readonly code = 'LC_CIRCUIT_STORE';

  /** `expected` completes "The circuit state store ", `advice` says what to do. */
  constructor(expected: string, advice: string, options?: ErrorOptions) {
    super(`The circuit state store ${expected}. ${advice}`, options);
  }
}
