import { LooseCouplingError } from '../../kernel/index.js';
import type { InboxMark } from '../core/event-store.js';

/**
 * What becomes of an error that a message handler throws after its commit. It is final: the commit has marked the
 * message as handled, so another attempt would skip what is missing without a sound. `cause` is the handler's error.
 */
export class FailedAfterCommitError extends LooseCouplingError {
  readonly code = 'LC_FAILED_AFTER_COMMIT';

  constructor(
    readonly mark: InboxMark,
    cause: unknown,
  ) {
    super(
      `"${mark.consumer}" failed after its commit while handling the message "${mark.messageId}": ${textOf(cause)}. ` +
        'The commit stands; what should have come after it did not happen, and no further delivery will make up for ' +
        'it, as the message is marked as handled. Do what can fail before the commit, or emit a message in the ' +
        'commit and do it in the handler of that.',
      { cause },
    );
  }
}

const textOf = (cause: unknown): string => (cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
