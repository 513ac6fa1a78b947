import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a relay writes after another has taken over its lease. The relay starts again by itself. */
export class OutboxLeaseLostError extends LooseCouplingError {
  readonly code = 'LC_OUTBOX_LEASE_LOST';

  constructor(holder: string) {
    super(
      `The outbox relay "${holder}" has lost its lease to another process, usually because this one was suspended. ` +
        'What it was publishing may be published twice; receivers recognise that by the message id.',
    );
  }
}
