import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when every reply about a commit was lost, so that it may be stored or not. */
export class UnknownCommitOutcomeError extends LooseCouplingError {
  readonly code = 'LC_UNKNOWN_COMMIT_OUTCOME';

  constructor(
    readonly commitId: string,
    options: ErrorOptions,
  ) {
    super(
      `DynamoDB did not say whether the commit "${commitId}" is stored: it could not be reached, and asking again failed ` +
        'too. Load the stream again before deciding anew; with a commitId of your own, retrying the same commit is safe.',
      options,
    );
  }
}
