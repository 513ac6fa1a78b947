import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown by a method of `Process` that is called in a way it cannot carry out; nothing of the run is stored. */
export class ProcessUsageError extends LooseCouplingError {
  readonly code = 'LC_PROCESS_USAGE';

  constructor(
    readonly process: string,
    what: string,
  ) {
    super(`The process ${process} ${what}. Mend the handler; nothing of this run was stored.`);
  }
}
