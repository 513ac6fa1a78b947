import { LooseCouplingError } from '../../kernel/index.js';

/** Used inside the engine: a message before this one of its key failed in the batch, and comes again first. */
export class HeldBackError extends LooseCouplingError {
  readonly code = 'LC_HELD_BACK';

  constructor(groupId: string) {
    super(`A message before it of the key "${groupId}" failed and comes again first. Nothing is to be done.`);
  }
}
