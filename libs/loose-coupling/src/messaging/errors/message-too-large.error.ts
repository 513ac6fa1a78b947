import { LooseCouplingError } from '../../kernel/index.js';

/** A message has more UTF-8 bytes than may be sent or handled. */
export class MessageTooLargeError extends LooseCouplingError {
  readonly code = 'LC_MESSAGE_TOO_LARGE';

  constructor(
    what: string,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`${what} has ${bytes} bytes, the limit is ${limit}. Send less, or store the data elsewhere and refer to it.`);
  }
}
