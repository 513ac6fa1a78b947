import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown by `copyEventStore` when the target's stream is not a beginning of the source's. What was copied before stays. */
export class CopyMismatchError extends LooseCouplingError {
  readonly code = 'LC_COPY_MISMATCH';

  constructor(
    readonly streamName: string,
    /** The first version that differs. */
    readonly version: number,
    reason: string,
  ) {
    super(
      `Stream "${streamName}" cannot be copied from version ${version} on: ${reason}. ` +
        'Copy into an empty store, or into one that only `copyEventStore` has written from the same source.',
    );
  }
}
