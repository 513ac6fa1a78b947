import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when one event changes more documents than one transaction of the store takes. The event is parked. */
export class TooManyChangesError extends LooseCouplingError {
  readonly code = 'LC_TOO_MANY_CHANGES';

  constructor(count: number) {
    super(
      `One event changes ${count} documents, which is more than the store writes in one transaction. ` +
        'On DynamoDB that is 99 items, lists included, of 400 KB each and 4 MB together; keep what changes together ' +
        'in one document, and what is large in several.',
    );
  }
}
