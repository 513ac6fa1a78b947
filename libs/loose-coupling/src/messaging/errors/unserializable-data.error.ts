import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when the data of a message cannot be written as JSON. */
export class UnserializableDataError extends LooseCouplingError {
  readonly code = 'LC_UNSERIALIZABLE_DATA';

  constructor(type: string, came: string, options?: ErrorOptions) {
    super(
      `The data of ${type} cannot be sent: expected a value that JSON can carry, got ${came}. ` +
        'Convert it to strings, finite numbers, booleans, null, arrays and plain objects first.',
      options,
    );
  }
}
