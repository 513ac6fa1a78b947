import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a service, or an operation of one, is asked for that is not configured or not in the contract. */
export class UnknownServiceError extends LooseCouplingError {
  readonly code = 'LC_UNKNOWN_SERVICE';

  constructor(subject: 'service' | 'operation', name: string, known: readonly string[]) {
    const where =
      subject === 'service' ? 'Configure it in `services` of LooseCouplingModule' : 'Add it to the contract';
    super(`There is no ${subject} "${name}"; known are ${known.join(', ') || 'none'}. ${where}, or correct the name.`);
  }
}
