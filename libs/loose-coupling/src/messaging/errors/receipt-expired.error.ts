import { LooseCouplingError } from '../../kernel/index.js';

/** The receipt of a message is no longer valid: its visibility ran out, it was deleted, or another consumer has it. */
export class ReceiptExpiredError extends LooseCouplingError {
  readonly code = 'LC_RECEIPT_EXPIRED';

  constructor(readonly receiptHandle: string) {
    super(
      `The receipt "${receiptHandle}" is no longer valid: its visibility timeout ended, or the message was deleted. ` +
        'If handlers are slow, leave the heartbeat on or raise visibilityTimeout.',
    );
  }
}
