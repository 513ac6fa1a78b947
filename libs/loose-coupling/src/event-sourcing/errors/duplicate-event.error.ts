import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when an event's id is already taken by another event of the store. Nothing was stored. */
export class DuplicateEventError extends LooseCouplingError {
  readonly code = 'LC_DUPLICATE_EVENT';

  constructor(
    readonly eventId: string,
    readonly streamName: string,
  ) {
    super(
      `Stream "${streamName}": the event id "${eventId}" is already stored. Nothing was stored. ` +
        'Give each event its own id, or none; to make a retry safe, repeat the `commitId` instead.',
    );
  }
}
