import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when an attempt at a step, or a wait for a signal, took longer than it may. */
export class StepTimeoutError extends LooseCouplingError {
  readonly code = 'LC_STEP_TIMEOUT';

  constructor(path: string, timeoutMs: number) {
    super(`Step "${path}" took longer than its ${timeoutMs} ms. Raise its \`timeoutMs\`, or see what it waits for.`);
  }
}
