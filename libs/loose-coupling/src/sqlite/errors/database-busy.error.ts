import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when another connection kept the database locked for longer than this one waits. Nothing was changed; try again. */
export class DatabaseBusyError extends LooseCouplingError {
  readonly code = 'LC_DATABASE_BUSY';

  constructor(file: string, options?: ErrorOptions) {
    super(
      `The database "${file}" stayed locked by another connection for seconds. Nothing was changed; try again. ` +
        'If it happens often, look for a process that keeps a transaction open, or for a disk that is slow.',
      options,
    );
  }
}
