import { LooseCouplingError } from '../../kernel/index.js';

/** Why a workflow ended that somebody cancelled; also the reason of the signal that its step in progress was given. */
export class WorkflowCancelledError extends LooseCouplingError {
  readonly code = 'LC_WORKFLOW_CANCELLED';

  constructor(workflowId: string, reason: string) {
    super(`Workflow ${workflowId} was cancelled: ${reason}. What it had done is compensated.`);
  }
}
