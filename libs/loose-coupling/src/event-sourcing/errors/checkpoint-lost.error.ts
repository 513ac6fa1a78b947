import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a checkpoint is moved by a process that does not hold it any more. The subscription begins anew by itself. */
export class CheckpointLostError extends LooseCouplingError {
  readonly code = 'LC_CHECKPOINT_LOST';

  constructor(name: string, holder: string) {
    super(
      `"${holder}" does not hold the checkpoint "${name}" any more: another process has taken over, usually because ` +
        'this one was suspended. Nothing was written; the other one goes on from the last checkpoint.',
    );
  }
}
