import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { StepContext } from './step-context.js';
import type { WorkflowStep } from './workflow-step.js';

export interface WorkflowDefinition<Input = unknown, Output = unknown> {
  readonly name: string;
  /** Instances go on with the version they began with, as long as it is registered. Default 1. */
  readonly version?: number;
  /** Checks what it is started with. */
  readonly input?: StandardSchemaV1<unknown, Input>;
  readonly steps: readonly WorkflowStep<Input>[];
  /** Result of the whole, from the results of its steps. Default: none. */
  readonly output?: (context: StepContext<Input>) => Output;
}

/** A definition of whatever input: to hand over, not to call. */
export interface DefinedWorkflow {
  readonly name: string;
  readonly version?: number;
  readonly steps: readonly { readonly kind: string; readonly name: string }[];
}

/** A definition whose input only its own steps know. */
export type AnyWorkflow = WorkflowDefinition<never>;

export const withoutTypes = (definition: DefinedWorkflow): AnyWorkflow => definition as unknown as AnyWorkflow;
