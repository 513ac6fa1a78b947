import { LooseCouplingError } from '../../kernel/index.js';

/** Why a workflow failed: a step that it needs did. `cause` is the step's own error, while the process lives that saw it. */
export class WorkflowStepFailedError extends LooseCouplingError {
  readonly code = 'LC_WORKFLOW_STEP_FAILED';

  constructor(
    /** Where the step is: `reserve`, `pack[2]/label`. */
    readonly path: string,
    reason: string,
    cause?: unknown,
  ) {
    super(`Step "${path}" failed: ${reason}. The steps before it are compensated.`, { cause });
  }
}
