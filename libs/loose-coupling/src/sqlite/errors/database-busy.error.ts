import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when another connection kept the database locked for longer than `busyTimeout`. Nothing was changed; try again. */
export class DatabaseBusyError extends LooseCouplingError {
  readonly code = 'LC_DATABASE_BUSY';

  constructor(file: string, options?: ErrorOptions) {
    super(
      `The database "${file}" stayed locked by another connection for longer than its busyTimeout. ` +
        'Nothing was changed. Keep transactions short, or raise busyTimeout.',
      options,
    );
  }
}
