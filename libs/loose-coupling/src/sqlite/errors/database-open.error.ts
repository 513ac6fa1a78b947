import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a database file cannot be opened or created. */
export class DatabaseOpenError extends LooseCouplingError {
  readonly code = 'LC_DATABASE_OPEN';

  constructor(file: string, options?: ErrorOptions) {
    const reason = options?.cause instanceof Error ? options.cause.message : String(options?.cause);
    super(
      `The database "${file}" could not be opened: ${reason}. ` +
        'Check that it is an SQLite file and that its folder is writable on a local disk.',
      options,
    );
  }
}
