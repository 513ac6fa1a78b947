import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a database was written by a newer version of this package, whose tables this version does not know. */
export class DatabaseVersionError extends LooseCouplingError {
  readonly code = 'LC_DATABASE_VERSION';

  constructor(file: string, component: string, known: number, found: number) {
    super(
      `The database "${file}" is at version ${found} of "${component}", but this version of the package knows only up to ` +
        `${known}. Upgrade nestjs-loose-coupling in this service, or use another file.`,
    );
  }
}
