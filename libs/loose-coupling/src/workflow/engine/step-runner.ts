import type { ForEachStep, ParallelStep, WorkflowStep } from '../definition/workflow-step.js';
import { WorkflowStepFailedError } from '../errors/workflow-step-failed.error.js';
import { WorkflowTakenOverError } from '../errors/workflow-taken-over.error.js';
import { sideBySide } from './side-by-side.js';
import { compute, type LeafRunner } from './run-leaf.js';
import type { StepScope } from './step-scope.js';
import { storedError } from './workflow-events.js';
import type { WorkflowJournal } from './workflow-journal.js';

type Leaf = Extract<WorkflowStep<never>, { kind: 'task' | 'service' | 'message' | 'wait' }>;

/** A step that was done and can be undone. */
export interface Undoable {
  readonly path: string;
  readonly step: Exclude<Leaf, { kind: 'wait' }>;
  readonly scope: StepScope;
}

/** Where a replay ends: the workflow has not come further. */
const NOT_REACHED = Symbol('not reached');

/**
 * Goes through the steps. What the journal has is not done again, so that a process that takes a workflow on comes to where the one before
 * it was.
 */
export class StepRunner {
  readonly undoable = new Map<string, Undoable>();
  private replaying = false;

  constructor(
    private readonly journal: WorkflowJournal,
    private readonly leaves: LeafRunner,
    private readonly signal: AbortSignal,
  ) {}

  /** Finds again what can be undone, and does nothing. */
  async replay(steps: readonly WorkflowStep<never>[], scope: StepScope): Promise<void> {
    this.replaying = true;
    try {
      await this.all(steps, scope);
    } catch (error) {
      if (error !== NOT_REACHED && !(error instanceof WorkflowStepFailedError)) throw error;
    }
  }

  async all(steps: readonly WorkflowStep<never>[], scope: StepScope): Promise<void> {
    for (const step of steps) await this.one(step, scope);
  }

  private async one(step: WorkflowStep<never>, scope: StepScope): Promise<void> {
    switch (step.kind) {
      case 'parallel':
        return this.parallel(step, scope);
      case 'choice':
        return this.all(choiceOf(step.branches, step.choose(scope.context as never)), scope);
      case 'forEach':
        return this.forEach(step, scope);
      case 'delay':
        if (!this.replaying) await this.leaves.delay(step, scope);
        return;
      default:
        return this.leaf(step, scope);
    }
  }

  private async leaf(step: Leaf, scope: StepScope): Promise<void> {
    const path = scope.pathOf(step.name);
    const known = this.journal.state.steps.get(path);
    if (known?.error && known.required) throw new WorkflowStepFailedError(path, known.error.message);
    if (known?.error) return;
    if (!known) {
      if (this.replaying) throw NOT_REACHED;
      // Only what is new: what was done must be found, to be undone, whatever has failed beside it.
      scope.signal.throwIfAborted();
    }
    try {
      scope.keep(step.name, known ? known.result : await this.run(step, scope));
    } catch (error) {
      await this.failed(step, scope, error);
      return;
    }
    if (step.kind !== 'wait' && step.compensate) this.undoable.set(path, { path, step, scope });
  }

  private run(step: Leaf, scope: StepScope): Promise<unknown> {
    switch (step.kind) {
      case 'message':
        return this.leaves.message(step, scope);
      case 'wait':
        return this.leaves.wait(step, scope);
      default:
        return this.leaves.effect(step, scope, this.signal);
    }
  }

  private async failed(
    { kind, name, required = true, ...step }: Leaf,
    scope: StepScope,
    error: unknown,
  ): Promise<void> {
    const path = scope.pathOf(name);
    // Cancelled or shut down, or no longer ours: that says nothing about the step.
    const stopped = this.signal.aborted || (kind === 'wait' && scope.signal.aborted);
    if (stopped || error instanceof WorkflowTakenOverError) throw error;
    const service = kind === 'service' && 'service' in step ? { service: step.service } : {};
    const record = this.leaves.begin(name, path, service);
    await this.journal.append({
      type: 'workflow.stepFailed',
      data: { ...record, required, error: storedError(error) },
    });
    if (required) throw new WorkflowStepFailedError(path, storedError(error).message, error);
  }

  private async parallel({ branches }: ParallelStep<never>, scope: StepScope): Promise<void> {
    await sideBySide(
      scope.signal,
      branches.map((branch) => (signal) => this.all(branch, scope.branch(signal))),
    );
  }

  private async forEach(step: ForEachStep<never>, scope: StepScope): Promise<void> {
    const items = compute(step.items, scope.context);
    const results: unknown[] = Array.from({ length: items.length }, () => null);
    const last = step.steps.at(-1)?.name;
    let next = 0;
    const worker = async (signal: AbortSignal) => {
      while (next < items.length) {
        const index = next++;
        const round = scope.round(step.name, items[index], index, signal);
        await this.all(step.steps, round);
        if (last !== undefined) results[index] = round.resultOf(last) ?? null;
      }
    };
    const workers = Math.max(1, Math.min(step.concurrency ?? 1, items.length));
    await sideBySide(
      scope.signal,
      Array.from({ length: workers }, () => worker),
    );
    scope.keep(step.name, results);
  }
}

const choiceOf = (
  branches: Readonly<Record<string, readonly WorkflowStep<never>[]>>,
  chosen: string,
): readonly WorkflowStep<never>[] => (Object.hasOwn(branches, chosen) ? (branches[chosen] ?? []) : []);
