import { LooseCouplingError } from '../../kernel/index.js';

/** The reason of the attempt signal of a hedged request that another one was faster than. Callers never get it. */
export class HedgeLostError extends LooseCouplingError {
  readonly code = 'LC_HEDGE_LOST';

  constructor(readonly policy: string) {
    super(`Another request of the hedge "${policy}" answered first; this one is no longer needed and should stop.`);
  }
}
