import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when event data holds a value that would not come back from the store as it was given. */
export class UnstorableDataError extends LooseCouplingError {
  readonly code = 'LC_UNSTORABLE_DATA';

  constructor(
    readonly path: string,
    came: string,
  ) {
    super(
      `${path} cannot be stored: expected text, a finite number, a boolean, null, an array or an object of these, ` +
        `got ${came}. Convert it first, e.g. a date to its epoch milliseconds.`,
    );
  }
}
