import { sleep } from '../../kernel/index.js';
import type { StepContext } from '../definition/step-context.js';
import type {
  Computed,
  DelayStep,
  MessageStep,
  ServiceRequest,
  ServiceStep,
  TaskStep,
  WaitStep,
} from '../definition/workflow-step.js';
import { StepTimeoutError } from '../errors/step-timeout.error.js';
import { runEffect } from './run-effect.js';
import type { StepScope } from './step-scope.js';
import type { StepRecordData } from './workflow-events.js';
import type { WorkflowJournal } from './workflow-journal.js';
import type { ServiceCall, WorkflowPorts } from './workflow-ports.js';

export const compute = <Value>(value: Computed<never, Value>, context: StepContext): Value =>
  typeof value === 'function' ? (value as (context: StepContext) => Value)(context) : value;

export const requestOf = (
  { service, operation, request }: ServiceRequest<never>,
  name: string,
  context: StepContext,
): Pick<ServiceCall, 'service' | 'operation' | 'request'> => ({
  service,
  operation: operation ?? name,
  request: compute(request, context),
});

/** Steps that hold no others. Each resolves once what it has done is stored. */
export class LeafRunner {
  /** Signals that a wait has taken, and not stored yet. */
  private readonly claimed = new Map<string, number>();

  constructor(
    private readonly journal: WorkflowJournal,
    private readonly ports: WorkflowPorts,
  ) {}

  async effect(step: TaskStep<never> | ServiceStep<never>, scope: StepScope, signal: AbortSignal): Promise<unknown> {
    const path = scope.pathOf(step.name);
    const record = this.begin(step.name, path, step.kind === 'service' ? { service: step.service } : {});
    const { context } = scope;
    const run: Parameters<typeof runEffect>[0]['run'] =
      step.kind === 'task'
        ? (given) => (step.run as TaskStep['run'])(given)
        : ({ idempotencyKey, signal: aborted }) =>
            this.ports.request({ ...requestOf(step, step.name, context), idempotencyKey, signal: aborted });
    const idempotencyKey = `${this.journal.key}/${path}`;
    const effect = { path, context, idempotencyKey, retry: step.retry, timeoutMs: step.timeoutMs, run };
    await this.journal.confirm();
    const result = await runEffect(effect, this.ports.clock, signal);
    await this.journal.append({ type: 'workflow.stepCompleted', data: { ...record, result: result ?? null } });
    return result;
  }

  async message(step: MessageStep<never>, scope: StepScope): Promise<unknown> {
    const record = this.begin(step.name, scope.pathOf(step.name));
    const message = await this.ports.message(step.contract, compute(step.data, scope.context));
    const result = { messageId: message.envelope.id };
    await this.journal.append({ type: 'workflow.stepCompleted', data: { ...record, result } }, [message]);
    return result;
  }

  async delay(step: DelayStep<never>, scope: StepScope): Promise<void> {
    const { clock } = this.ports;
    const dueAt = await this.timer(scope.pathOf(step.name), compute(step.ms, scope.context));
    for (let left = dueAt - clock.now(); left > 0; left = dueAt - clock.now()) await sleep(clock, left, scope.signal);
  }

  async wait(step: WaitStep, scope: StepScope): Promise<unknown> {
    const path = scope.pathOf(step.name);
    const name = step.signal ?? step.name;
    const record = this.begin(step.name, path, { signal: name });
    const dueAt = step.timeoutMs === undefined ? undefined : await this.timer(path, step.timeoutMs);
    const came = await this.untilSignalled(name, dueAt, scope.signal);
    if (!came) throw new StepTimeoutError(path, step.timeoutMs ?? 0);
    try {
      await this.journal.append({ type: 'workflow.stepCompleted', data: { ...record, result: came.data ?? null } });
    } finally {
      this.claimed.set(name, (this.claimed.get(name) ?? 1) - 1);
    }
    return came.data;
  }

  begin(name: string, path: string, more: Partial<StepRecordData> = {}): StepRecordData {
    return { path, name, startedAt: this.ports.clock.now(), ...more };
  }

  /** The moment that was stored when the step was first reached. */
  private async timer(path: string, ms: number): Promise<number> {
    const { state } = this.journal;
    if (!state.timers.has(path)) {
      await this.journal.append({ type: 'workflow.timerSet', data: { path, dueAt: this.ports.clock.now() + ms } });
    }
    return state.timers.get(path) ?? 0;
  }

  private async untilSignalled(
    name: string,
    dueAt: number | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly data: unknown } | undefined> {
    const { clock } = this.ports;
    for (;;) {
      signal.throwIfAborted();
      const came = this.claim(name);
      if (came) return came;
      const left = dueAt === undefined ? undefined : dueAt - clock.now();
      if (left !== undefined && left <= 0) return undefined;
      await this.change(left, signal);
    }
  }

  /** The first signal that no wait has taken. */
  private claim(name: string): { readonly data: unknown } | undefined {
    const { signals, steps } = this.journal.state;
    const inProgress = this.claimed.get(name) ?? 0;
    let taken = inProgress;
    for (const step of steps.values()) if (step.signal === name && step.error === undefined) taken += 1;
    const came = signals.filter(({ signal }) => signal === name)[taken];
    if (came) this.claimed.set(name, inProgress + 1);
    return came;
  }

  /** Resolves with the next event of the workflow, or when `ms` have passed. */
  private change(ms: number | undefined, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = ms === undefined ? undefined : this.ports.clock.setTimer(() => end(resolve), ms);
      const ignore = this.journal.onChange(() => end(resolve));
      const abort = () => end(() => reject(signal.reason as Error));
      const end = (settle: () => void) => {
        timer?.cancel();
        ignore();
        signal.removeEventListener('abort', abort);
        settle();
      };
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}
