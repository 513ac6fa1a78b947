/** Workflows: steps that are taken to their end whatever crashes, and undone when they cannot be. */
export { defineWorkflow } from './definition/define-workflow.js';
export type { DefinedWorkflow, WorkflowDefinition } from './definition/workflow-definition.js';
export {
  parseWorkflowDocument,
  type WorkflowDocument,
  type WorkflowDocumentStep,
} from './definition/parse-workflow-document.js';
export type { EffectContext, StepContext } from './definition/step-context.js';
export type {
  ChoiceStep,
  Computed,
  StepData,
  DelayStep,
  ForEachStep,
  MessageStep,
  ParallelStep,
  ServiceRequest,
  ServiceStep,
  StepRetry,
  TaskStep,
  WaitStep,
  WorkflowStep,
} from './definition/workflow-step.js';
export { toStatesLanguage, type StateMachine, type StatesLanguageOptions } from './export/to-states-language.js';
export type { WorkflowStores } from './engine/workflow-owners.js';
export type { ServiceCall, WorkflowPorts } from './engine/workflow-ports.js';
export { StepTimeoutError } from './errors/step-timeout.error.js';
export { UnknownWorkflowError } from './errors/unknown-workflow.error.js';
export { WorkflowCancelledError } from './errors/workflow-cancelled.error.js';
export { WorkflowStepFailedError } from './errors/workflow-step-failed.error.js';
export { WorkflowTakenOverError } from './errors/workflow-taken-over.error.js';
export { WorkflowModule, type WorkflowModuleOptions } from './nest/workflow.module.js';
export {
  WorkflowOrchestrator,
  type OrchestratorOptions,
  type Startable,
  type StartOptions,
} from './workflow-orchestrator.js';
export { WorkflowRegistry } from './workflow-registry.js';
export { WorkflowCompleted, WorkflowFailed, type WorkflowResult, type WorkflowStepResult } from './workflow-result.js';
