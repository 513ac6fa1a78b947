import { LooseCouplingError } from '../../kernel/index.js';

/**
 * Thrown by a handler to have the message handed out again later, although nothing is wrong: what it waits for is not
 * there yet. Not a failure, so it never leads to the dead-letter queue by itself; only after ten deliveries more than
 * the handler's `maxAttempts` the message is given up, so that none circles for ever.
 */
export class RetryLater extends LooseCouplingError {
  readonly code = 'LC_RETRY_LATER';

  /** @param delay milliseconds until the next attempt */
  constructor(
    readonly delay: number,
    reason = 'the handler asked for a later attempt',
    options?: ErrorOptions,
  ) {
    super(`Retry in ${delay} ms: ${reason}`, options);
  }
}
