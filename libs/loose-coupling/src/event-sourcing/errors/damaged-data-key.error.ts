import { LooseCouplingError } from '../../kernel/index.js';

/**
 * Thrown by a `KeyEncryption` or a `DataKeyStore` for a key that it will never give, however often it is asked: it was
 * changed, or wrapped by a key that is not known. Any other error counts as an outage, and is tried again.
 */
export class DamagedDataKeyError extends LooseCouplingError {
  readonly code = 'LC_DAMAGED_DATA_KEY';

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `A key of a person is damaged: ${reason}. Restore its record from a backup of the keys, or name the ` +
        'key-encryption key that it was wrapped by.',
      options,
    );
  }
}
