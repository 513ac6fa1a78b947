import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when what came from a queue is not a message in any known envelope. A retry cannot help. */
export class UnparsableMessageError extends LooseCouplingError {
  readonly code = 'LC_UNPARSABLE_MESSAGE';

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `The message cannot be read: ${reason}. Expected a CloudEvents 1.0 message in JSON, plain or with ce- attributes, ` +
        'as it is or inside of an SNS notification or an EventBridge event; or a foreign EventBridge event.',
      options,
    );
  }
}
