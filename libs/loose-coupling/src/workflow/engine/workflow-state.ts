import type { EventEnvelope } from '../../event-sourcing/runtime.js';
import type { StepRecordData, StoredError, WorkflowEvent, WorkflowEvents } from './workflow-events.js';

export type WorkflowStatus = 'running' | 'compensating' | 'completed' | 'failed' | 'cancelled';

export interface StepRecord extends StepRecordData {
  readonly completedAt: number;
  readonly result?: unknown;
  readonly error?: StoredError;
  readonly required: boolean;
}

/** What the stored events say: everything that a process needs to go on. */
export class WorkflowState {
  version = 0;
  status: WorkflowStatus = 'running';
  started: WorkflowEvents['workflow.started'] | undefined;
  startedAt = 0;
  completedAt: number | undefined;
  /** As it was published. */
  durationMs: number | undefined;
  output: unknown;
  error: StoredError | undefined;
  /** It is compensated because somebody wanted it, and not because it failed. */
  cancelled = false;
  /** Why somebody wants it cancelled. */
  cancelReason: string | undefined;
  /** In the order they ended. */
  readonly steps = new Map<string, StepRecord>();
  readonly timers = new Map<string, number>();
  /** In the order they came. */
  readonly signals: { readonly signal: string; readonly data: unknown }[] = [];
  readonly compensated = new Map<string, StoredError | undefined>();
  /** The process that took it on last. */
  resumedBy: string | undefined;

  constructor(readonly workflowId: string) {}

  get isOver(): boolean {
    return this.completedAt !== undefined;
  }

  apply(envelope: EventEnvelope): void {
    this.version = envelope.version;
    // Written by this engine alone; types that a later version adds are passed over.
    const event = { type: envelope.type, data: envelope.data } as WorkflowEvent;
    switch (event.type) {
      case 'workflow.started':
        this.started = event.data;
        this.startedAt = envelope.recordedAt;
        return;
      case 'workflow.resumed':
        this.resumedBy = event.data.by;
        return;
      case 'workflow.stepCompleted':
        this.steps.set(event.data.path, { ...event.data, required: true, completedAt: envelope.recordedAt });
        return;
      case 'workflow.stepFailed':
        this.steps.set(event.data.path, { ...event.data, completedAt: envelope.recordedAt });
        return;
      case 'workflow.timerSet':
        this.timers.set(event.data.path, event.data.dueAt);
        return;
      case 'workflow.signalled':
        this.signals.push(event.data);
        return;
      case 'workflow.cancelRequested':
        this.cancelReason ??= event.data.reason;
        return;
      case 'workflow.compensating':
        this.status = 'compensating';
        this.error = event.data.error;
        this.cancelled = event.data.cancelled;
        return;
      case 'workflow.compensated':
        this.compensated.set(event.data.path, event.data.error);
        return;
      case 'workflow.completed':
        this.status = 'completed';
        this.output = event.data.output;
        this.durationMs = event.data.durationMs;
        this.completedAt = envelope.recordedAt;
        return;
      case 'workflow.failed':
        this.status = event.data.cancelled ? 'cancelled' : 'failed';
        this.durationMs = event.data.durationMs;
        this.error = event.data.error;
        this.completedAt = envelope.recordedAt;
    }
  }
}
