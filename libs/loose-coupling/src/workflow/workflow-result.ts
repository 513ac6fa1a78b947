import { defineEvent } from '../messaging/index.js';
import type { StoredError } from './engine/workflow-events.js';
import type { WorkflowState, WorkflowStatus } from './engine/workflow-state.js';

export interface WorkflowStepResult {
  readonly step_name: string;
  readonly service_name?: string;
  /** ISO 8601. */
  readonly started_at: string;
  readonly completed_at: string;
  readonly success: boolean;
  readonly response?: unknown;
  readonly error?: string;
  /** Whether it was undone, after a later step had failed; `failed` is for somebody to look at. */
  readonly compensation?: 'done' | 'failed';
}

/** How far a workflow has come, or how it ended. */
export interface WorkflowResult<Output = unknown> {
  readonly workflow_id: string;
  readonly workflow: string;
  readonly status: WorkflowStatus;
  readonly steps: readonly WorkflowStepResult[];
  readonly started_at: string;
  readonly completed_at?: string;
  /** Milliseconds. */
  readonly duration_ms?: number;
  readonly output?: Output;
  readonly error?: string;
}

interface WorkflowEnd {
  readonly workflow_id: string;
  readonly workflow: string;
  readonly duration_ms: number;
}

/** Published when a workflow has done all that it needs. */
export const WorkflowCompleted = defineEvent<WorkflowEnd & { readonly status: 'completed' }>('WorkflowCompleted');

/** Published when a workflow has failed or was cancelled, and is compensated. */
export const WorkflowFailed = defineEvent<
  WorkflowEnd & {
    readonly status: 'failed' | 'cancelled';
    readonly error: string;
    /** Paths of the steps that could not be undone. */
    readonly not_compensated: readonly string[];
  }
>('WorkflowFailed');

const iso = (time: number): string => new Date(time).toISOString();

export function resultOf<Output>(state: WorkflowState): WorkflowResult<Output> {
  const { workflowId, status, startedAt, completedAt, durationMs, error, output } = state;
  return {
    workflow_id: workflowId,
    workflow: state.started?.name ?? '',
    status,
    steps: Array.from(state.steps.values(), (step) => ({
      step_name: step.name,
      ...(step.service !== undefined && { service_name: step.service }),
      started_at: iso(step.startedAt),
      completed_at: iso(step.completedAt),
      success: step.error === undefined,
      ...(step.error ? { error: step.error.message } : { response: step.result }),
      ...(state.compensated.has(step.path) && { compensation: compensationOf(state.compensated.get(step.path)) }),
    })),
    started_at: iso(startedAt),
    ...(completedAt !== undefined && { completed_at: iso(completedAt) }),
    ...(durationMs !== undefined && { duration_ms: durationMs }),
    ...(status === 'completed' && output !== null && { output: output as Output }),
    ...(error && { error: error.message }),
  };
}

const compensationOf = (error: StoredError | undefined): 'done' | 'failed' => (error ? 'failed' : 'done');
