import { LooseCouplingError } from '../../kernel/index.js';

/** One message that was not accepted. */
export interface PublishFailure {
  /** Place in the list that was given to `publishAll`. */
  readonly index: number;
  readonly error: Error;
}

/** Thrown by `publishAll` when the transport did not accept every message. Those not listed were accepted. */
export class PublishFailedError extends LooseCouplingError {
  readonly code = 'LC_PUBLISH_FAILED';

  constructor(
    readonly failures: readonly PublishFailure[],
    total: number,
  ) {
    const first = failures[0];
    super(
      `${failures.length} of ${total} messages were not accepted; \`failures\` says which, send those again. ` +
        `The first, at index ${first?.index}: ${first?.error.message}`,
      { cause: first?.error },
    );
  }
}
