import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when an upcaster fails, or gives back what it did not announce. The stored event is as it was. */
export class UpcastFailedError extends LooseCouplingError {
  readonly code = 'LC_UPCAST_FAILED';

  constructor(
    readonly upcaster: string,
    readonly streamName: string,
    readonly version: number,
    reason: string,
    options?: { readonly cause: unknown },
  ) {
    super(
      `${upcaster} could not bring the event of stream "${streamName}" at version ${version} to its newer shape: ` +
        `${reason}. Correct the upcaster so that it takes everything that was stored under that version.`,
      options,
    );
  }
}
