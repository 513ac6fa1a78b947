import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when an input comes for an instance that no other input has started. The message is tried again. */
export class ProcessNotStartedError extends LooseCouplingError {
  readonly code = 'LC_PROCESS_NOT_STARTED';

  constructor(
    readonly manager: string,
    readonly id: string,
    input: string,
  ) {
    super(
      `${input} came for ${manager} "${id}", which nothing has started. If it was faster than what starts it, it is ` +
        'handled when it comes again. Mark its method @StartedBy if it may come first, or give @ContinuedBy ' +
        "`ifNotStarted: 'ignore'` if it may concern nobody.",
    );
  }
}
