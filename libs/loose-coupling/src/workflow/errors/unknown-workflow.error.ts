import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a workflow's id is asked for that was never started, or a definition that is not registered. */
export class UnknownWorkflowError extends LooseCouplingError {
  readonly code = 'LC_UNKNOWN_WORKFLOW';

  constructor(what: string) {
    super(`There is no ${what}. Register definitions in WorkflowModule.forRoot; ids are those that start() gave.`);
  }
}
