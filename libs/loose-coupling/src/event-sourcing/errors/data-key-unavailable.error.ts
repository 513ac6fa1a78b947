import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when the key of a subject cannot be had, although the subject is not known to be forgotten. */
export class DataKeyUnavailableError extends LooseCouplingError {
  readonly code = 'LC_DATA_KEY_UNAVAILABLE';

  constructor(
    readonly subject: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `The key for the personal data of "${subject}" cannot be had: ${reason}. See that \`personalData\` names the key ` +
        'store and the key-encryption keys that it was stored with.',
      options,
    );
  }
}
