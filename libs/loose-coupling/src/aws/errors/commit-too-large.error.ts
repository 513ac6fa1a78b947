import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown for a commit that DynamoDB cannot take in one transaction. Nothing was stored. */
export class CommitTooLargeError extends LooseCouplingError {
  readonly code = 'LC_COMMIT_TOO_LARGE';

  constructor(what: string) {
    super(
      `The commit is too large for DynamoDB: ${what}. Nothing was stored. ` +
        'Append fewer or smaller events at a time, or keep large content elsewhere and refer to it.',
    );
  }
}
