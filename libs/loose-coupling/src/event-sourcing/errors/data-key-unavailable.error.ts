import { isLooseCouplingError, LooseCouplingError } from '../../kernel/index.js';

/** Whether somebody could have a key of a person another time: no fault of whoever asked for it. */
export const isKeyOutage = (error: unknown): boolean =>
  isLooseCouplingError(error, 'LC_DATA_KEY_UNAVAILABLE') && !(error as DataKeyUnavailableError).lasting;

/** Thrown when the key of a subject cannot be had, although the subject is not known to be forgotten. */
export class DataKeyUnavailableError extends LooseCouplingError {
  readonly code = 'LC_DATA_KEY_UNAVAILABLE';
  /** Asking again does not help: the key is damaged, or there is none. */
  readonly lasting: boolean;

  constructor(
    readonly subject: string,
    reason: string,
    { lasting, ...options }: ErrorOptions & { readonly lasting?: boolean } = {},
  ) {
    super(
      `The key for the personal data of "${subject}" cannot be had: ${reason}. See that \`personalData\` names the key ` +
        'store and the key-encryption keys that it was stored with.',
      options,
    );
    this.lasting = lasting ?? isLooseCouplingError(options.cause, 'LC_DAMAGED_DATA_KEY');
  }
}
