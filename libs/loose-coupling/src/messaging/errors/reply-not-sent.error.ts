import { isLooseCouplingError, LooseCouplingError } from '../../kernel/index.js';

/** Faults of the answer itself: sending it again cannot help. */
const FINAL = ['LC_UNSERIALIZABLE_DATA', 'LC_MESSAGE_TOO_LARGE', 'LC_INVALID_MESSAGE'];

/** What a request was answered with did not get onto its way: its effect happened. `cause` says why. */
export class ReplyNotSentError extends LooseCouplingError {
  readonly code = 'LC_REPLY_NOT_SENT';
  /** Whether it would fail again. Then the requester is told of this error. */
  readonly permanent: boolean;

  constructor(type: string, id: string, cause: unknown) {
    const permanent = FINAL.some((code) => isLooseCouplingError(cause, code));
    super(
      `The request "${type}" ${id} was carried out, but its answer could not be sent: ${textOf(cause)}. ` +
        (permanent
          ? 'Have its handler return what is JSON, and what a message can carry; ask for the state it led to.'
          : 'It is tried again when the message comes again: with the inbox the answer alone, without it the handler runs again.'),
      { cause },
    );
    this.permanent = permanent;
  }
}

const textOf = (cause: unknown): string => (cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
