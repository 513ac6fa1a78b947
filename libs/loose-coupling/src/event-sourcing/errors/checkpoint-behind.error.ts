import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a new build of a projection shall serve and is behind the one that does. It is tried again by itself. */
export class CheckpointBehindError extends LooseCouplingError {
  readonly code = 'LC_CHECKPOINT_BEHIND';

  constructor(name: string, ahead: string) {
    super(`The checkpoint "${name}" is behind "${ahead}", whose place it shall take. Nothing was written.`);
  }
}
