import { checkWorkflow } from './check-workflow.js';
import type { WorkflowDefinition } from './workflow-definition.js';

/**
 * Checks a workflow and freezes it.
 * @throws {InvalidOptionsError} listing everything that is wrong
 */
export function defineWorkflow<Input = unknown, Output = unknown>(
  definition: WorkflowDefinition<Input, Output>,
): WorkflowDefinition<Input, Output> {
  checkWorkflow(definition);
  return Object.freeze({ ...definition });
}
