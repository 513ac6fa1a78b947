import type { OutgoingMessage } from '../../event-sourcing/runtime.js';
import type { AnyWorkflow } from '../definition/workflow-definition.js';
import type { TaskStep } from '../definition/workflow-step.js';
import { WorkflowCancelledError } from '../errors/workflow-cancelled.error.js';
import { WorkflowTakenOverError } from '../errors/workflow-taken-over.error.js';
import { WorkflowCompleted, WorkflowFailed } from '../workflow-result.js';
import { runEffect } from './run-effect.js';
import { compute, LeafRunner, requestOf } from './run-leaf.js';
import { StepRunner, type Undoable } from './step-runner.js';
import { StepScope } from './step-scope.js';
import { storedError } from './workflow-events.js';
import type { WorkflowJournal } from './workflow-journal.js';
import type { WorkflowPorts } from './workflow-ports.js';

/** Undoing is worth more patience than doing. */
const COMPENSATION_RETRY = { attempts: 10, initialDelayMs: 500, maxDelayMs: 60_000 };

/** Takes one workflow from where its journal is to its end. */
export class WorkflowRun {
  private readonly scope: StepScope;
  private readonly work = new AbortController();
  private readonly steps: StepRunner;

  constructor(
    private readonly definition: AnyWorkflow,
    private readonly journal: WorkflowJournal,
    private readonly ports: WorkflowPorts,
    private readonly closing: AbortSignal,
  ) {
    const { workflowId, started } = journal.state;
    this.scope = StepScope.root(workflowId, started?.input, this.work.signal);
    this.steps = new StepRunner(journal, new LeafRunner(journal, ports), this.work.signal);
  }

  /** Rejects when the process shuts down, or another process goes on with the workflow. */
  async run(): Promise<void> {
    const { state } = this.journal;
    if (state.isOver) return;
    const stopWatching = this.journal.onChange(() => this.watchChanges());
    const close = () => this.work.abort(this.closing.reason);
    this.closing.addEventListener('abort', close, { once: true });
    if (this.closing.aborted) close();
    this.watchChanges();
    try {
      if (state.status === 'compensating') await this.steps.replay(this.definition.steps, this.scope);
      else if (await this.forwards()) return;
      await this.backwards();
    } finally {
      stopWatching();
      this.closing.removeEventListener('abort', close);
    }
  }

  /** Whether the workflow was completed. */
  private async forwards(): Promise<boolean> {
    try {
      await this.steps.all(this.definition.steps, this.scope);
      await this.complete();
      return true;
    } catch (error) {
      if (this.closing.aborted || error instanceof WorkflowTakenOverError) throw error;
      const cancelled = this.work.signal.aborted;
      const reason: unknown = cancelled ? this.work.signal.reason : error;
      await this.journal.append({ type: 'workflow.compensating', data: { error: storedError(reason), cancelled } });
      return false;
    }
  }

  private async complete(): Promise<void> {
    const output = this.definition.output?.(this.scope.context as never) ?? null;
    this.work.signal.throwIfAborted();
    const end = this.end();
    const message = await this.ports.message(WorkflowCompleted, { ...end, status: 'completed' });
    const data = { output, durationMs: end.duration_ms };
    await this.journal.append({ type: 'workflow.completed', data }, [message]);
  }

  private async backwards(): Promise<void> {
    const { state } = this.journal;
    for (const path of [...state.steps.keys()].toReversed()) {
      const done = this.steps.undoable.get(path);
      if (done && !state.compensated.has(path)) await this.undo(done);
    }
    const error = state.error ?? storedError('unknown');
    const cancelled = state.cancelled;
    const notCompensated = Array.from(state.compensated).flatMap(([path, fault]) => (fault ? [path] : []));
    const end = this.end();
    const message = await this.ports.message(WorkflowFailed, {
      ...end,
      status: cancelled ? 'cancelled' : 'failed',
      error: error.message,
      not_compensated: notCompensated,
    });
    const data = { error, cancelled, durationMs: end.duration_ms };
    await this.journal.append({ type: 'workflow.failed', data }, [message]);
  }

  private async undo({ path, step, scope }: Undoable): Promise<void> {
    try {
      const messages: OutgoingMessage[] = [];
      if (step.kind === 'message' && step.compensate) {
        const { contract, data } = step.compensate;
        messages.push(await this.ports.message(contract, compute(data, scope.context)));
      } else await this.undoEffect(path, step, scope);
      await this.journal.append({ type: 'workflow.compensated', data: { path } }, messages);
    } catch (error) {
      if (this.closing.aborted || error instanceof WorkflowTakenOverError) throw error;
      await this.journal.append({ type: 'workflow.compensated', data: { path, error: storedError(error) } });
    }
  }

  private async undoEffect(path: string, step: Undoable['step'], scope: StepScope): Promise<void> {
    if (step.kind === 'message') return;
    const { context } = scope;
    const { compensate, timeoutMs } = step;
    if (!compensate) return;
    const run: Parameters<typeof runEffect>[0]['run'] =
      typeof compensate === 'function'
        ? (given) => (compensate as NonNullable<TaskStep['compensate']>)(given)
        : ({ idempotencyKey, signal }) =>
            this.ports.request({ ...requestOf(compensate, step.name, context), idempotencyKey, signal });
    const idempotencyKey = `${this.journal.key}/${path}/compensate`;
    const effect = { path, context, idempotencyKey, retry: COMPENSATION_RETRY, timeoutMs, run };
    await this.journal.confirm();
    await runEffect(effect, this.ports.clock, this.closing);
  }

  private end(): { workflow_id: string; workflow: string; duration_ms: number } {
    const { workflowId, startedAt } = this.journal.state;
    const duration = this.ports.clock.now() - startedAt;
    return { workflow_id: workflowId, workflow: this.definition.name, duration_ms: Math.max(0, duration) };
  }

  private watchChanges(): void {
    if (this.journal.takenOver && !this.work.signal.aborted) this.work.abort(this.journal.takenOver);
    const { cancelReason, workflowId } = this.journal.state;
    if (cancelReason !== undefined && !this.work.signal.aborted) {
      this.work.abort(new WorkflowCancelledError(workflowId, cancelReason));
    }
  }
}
