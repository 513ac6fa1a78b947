import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown by a handler to drop the message: it is acknowledged, whatever was done with it so far. */
export class Discard extends LooseCouplingError {
  readonly code = 'LC_DISCARD';

  constructor(reason = 'the handler discarded the message', options?: ErrorOptions) {
    super(reason, options);
  }
}
