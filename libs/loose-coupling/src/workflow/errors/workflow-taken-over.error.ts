import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown inside the engine when another process has taken a workflow on; that one finishes it. */
export class WorkflowTakenOverError extends LooseCouplingError {
  readonly code = 'LC_WORKFLOW_TAKEN_OVER';

  constructor(readonly workflowId: string) {
    super(`Workflow ${workflowId} was taken on by another process, which goes on with it. Nothing is to be done.`);
  }
}
