import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a transaction is begun inside another one of the same connection. */
export class NestedTransactionError extends LooseCouplingError {
  readonly code = 'LC_NESTED_TRANSACTION';

  constructor(file: string) {
    super(
      `A transaction on "${file}" is already open on this connection, and transactions do not nest. ` +
        'Do the work in the outer transaction.',
    );
  }
}
