import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when somebody asks for a process manager that is not registered, or for an instance that never was. */
export class UnknownProcessError extends LooseCouplingError {
  readonly code = 'LC_UNKNOWN_PROCESS';

  constructor(what: string, known: readonly string[]) {
    const list = known.length > 0 ? known.join(', ') : 'none';
    super(`There is no ${what}. Registered by forFeature({ processManagers }): ${list}.`);
  }
}
