import { LooseCouplingError } from '../../kernel/index.js';

/** Used inside the engine: a handler of batches did not get this message, which goes back to the queue without a delay. */
export class HeldBackError extends LooseCouplingError {
  readonly code = 'LC_HELD_BACK';

  /** @param groupId of the message before it that failed; without one, it was its own time that was up */
  constructor(groupId?: string) {
    super(
      groupId === undefined
        ? 'Its batch had not begun when it was to end, so it comes again. Nothing is to be done.'
        : `A message before it of the key "${groupId}" failed and comes again first. Nothing is to be done.`,
    );
  }
}
