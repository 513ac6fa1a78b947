import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown by a handler to send the message to the dead-letter queue at once: another attempt could not help. */
export class DeadLetter extends LooseCouplingError {
  readonly code = 'LC_DEAD_LETTER';

  constructor(reason = 'the handler gave the message up', options?: ErrorOptions) {
    super(reason, options);
  }
}
