import { LooseCouplingError } from '../../kernel/index.js';

/** A message breaks a rule of the queue, topic or bus it was meant for, whatever its size. Sending it again cannot help. */
export class InvalidMessageError extends LooseCouplingError {
  readonly code = 'LC_INVALID_MESSAGE';

  constructor(name: string, fault: string, kind: 'queue' | 'topic' | 'event bus' = 'queue') {
    super(`The message for ${kind} "${name}" was refused: ${fault}`);
  }
}
