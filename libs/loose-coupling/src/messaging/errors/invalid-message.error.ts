import { LooseCouplingError } from '../../kernel/index.js';

/** A message breaks a rule of the queue it was meant for, whatever its size. Sending it again cannot help. */
export class InvalidMessageError extends LooseCouplingError {
  readonly code = 'LC_INVALID_MESSAGE';

  constructor(queue: string, fault: string) {
    super(`The message for queue "${queue}" was refused: ${fault}`);
  }
}
