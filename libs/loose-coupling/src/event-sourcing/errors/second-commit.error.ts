import { LooseCouplingError } from '../../kernel/index.js';
import type { InboxMark } from '../core/event-store.js';

/** Thrown by the second commit within one run of a message handler, before it writes anything. */
export class SecondCommitError extends LooseCouplingError {
  readonly code = 'LC_SECOND_COMMIT';

  constructor(readonly mark: InboxMark) {
    super(
      `"${mark.consumer}" commits a second time while handling the message "${mark.messageId}". A crash between the ` +
        'two would leave the first done and the second never, as one mark guards both. Make it one commit (several ' +
        'appends in EventStore.commit, several aggregates in AggregateSession), or take this commit out of the ' +
        'guard with `inbox: null` when repeating it does no harm.',
    );
  }
}
