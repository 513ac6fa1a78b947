import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when an event pattern or a filter policy is wrong. Lists every fault found, each with its path. */
export class InvalidEventPatternError extends LooseCouplingError {
  readonly code = 'LC_INVALID_EVENT_PATTERN';

  constructor(
    readonly subject: string,
    readonly faults: readonly string[],
  ) {
    super(`The ${subject} has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}
