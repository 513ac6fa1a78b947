import { LooseCouplingError } from '../../kernel/index.js';
import type { InboxMark } from '../core/event-store.js';

/** Thrown by a commit whose inbox mark is already recorded: the message was handled before. Nothing was stored. */
export class DuplicateMessageError extends LooseCouplingError {
  readonly code = 'LC_DUPLICATE_MESSAGE';

  constructor(readonly mark: InboxMark) {
    super(
      `The message "${mark.messageId}" was already handled by "${mark.consumer}". Nothing was stored. ` +
        'Inside of a message handler let this error pass: the delivery is then acknowledged as done.',
    );
  }
}
