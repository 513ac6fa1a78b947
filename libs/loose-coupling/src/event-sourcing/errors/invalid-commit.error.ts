import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a commit is not well-formed, before anything is written. */
export class InvalidCommitError extends LooseCouplingError {
  readonly code = 'LC_INVALID_COMMIT';

  constructor(fault: string) {
    super(`The commit was refused: ${fault}. Nothing was stored.`);
  }
}
