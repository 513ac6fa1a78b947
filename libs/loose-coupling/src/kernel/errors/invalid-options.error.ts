import { LooseCouplingError } from './loose-coupling.error.js';

/** Thrown at start when options are wrong. Lists every fault found, not only the first. */
export class InvalidOptionsError extends LooseCouplingError {
  readonly code = 'LC_INVALID_OPTIONS';

  constructor(
    readonly subject: string,
    readonly faults: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`${subject} has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`, options);
  }
}
