/** What is stored of a failure. */
export interface StoredError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

/** The events of a workflow's stream, by type. They are the document of it: nothing else is kept. */
export interface WorkflowEvents {
  'workflow.started': {
    readonly name: string;
    readonly version: number;
    readonly input: unknown;
    /** Of a workflow that is data itself, and so needs no registration. */
    readonly document?: unknown;
  };
  /** A process took it on, after another had it. */
  'workflow.resumed': { readonly by: string };
  'workflow.stepCompleted': StepRecordData & { readonly result: unknown };
  'workflow.stepFailed': StepRecordData & { readonly error: StoredError; readonly required: boolean };
  /** A moment that is waited for. */
  'workflow.timerSet': { readonly path: string; readonly dueAt: number };
  'workflow.signalled': { readonly signal: string; readonly data: unknown };
  'workflow.cancelRequested': { readonly reason: string };
  'workflow.compensating': { readonly error: StoredError; readonly cancelled: boolean };
  'workflow.compensated': { readonly path: string; readonly error?: StoredError };
  'workflow.completed': { readonly output: unknown; readonly durationMs: number };
  'workflow.failed': { readonly error: StoredError; readonly cancelled: boolean; readonly durationMs: number };
}

export interface StepRecordData {
  /** Where it is: its name, and in a for-each the round before it: `pack[2]/label`. */
  readonly path: string;
  readonly name: string;
  readonly service?: string;
  /** Of a wait: which signal it took. */
  readonly signal?: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

export type WorkflowEventType = keyof WorkflowEvents;

export type WorkflowEvent = {
  [Type in WorkflowEventType]: { readonly type: Type; readonly data: WorkflowEvents[Type] };
}[WorkflowEventType];

export const STREAM_PREFIX = 'workflow-';
export const streamOf = (workflowId: string): string => `${STREAM_PREFIX}${workflowId}`;

export function storedError(error: unknown): StoredError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const code = (error as { code?: unknown }).code;
  return { name: error.name, message: error.message, ...(typeof code === 'string' && { code }) };
}
