import { LooseCouplingError } from '../../kernel/index.js';

/** A message that AWS did not take, for a reason that is not the message's own; `cause` has what AWS said last. */
export class NotAcceptedError extends LooseCouplingError {
  readonly code = 'LC_NOT_ACCEPTED';
  /** What an HTTP request is answered with that depends on it. */
  readonly statusCode = 503;

  constructor(destination: string, permanent: boolean, cause: Error) {
    const hint = permanent
      ? 'Correct the cause, then send it again.'
      : 'It was retried for as long as is allowed, and may be in all the same; send it again.';
    super(`${destination} did not accept the message: ${cause.name}: ${cause.message} ${hint}`, { cause });
  }
}
