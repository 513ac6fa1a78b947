import type { StepContext } from '../definition/step-context.js';

/** Where the engine is: which results can be seen, and what paths begin with. */
export class StepScope {
  private constructor(
    readonly prefix: string,
    readonly context: StepContext,
    private readonly own: Record<string, unknown>,
    /** Aborted when a branch beside this one has failed, or the whole workflow is to stop. */
    readonly signal: AbortSignal,
  ) {}

  static root(workflowId: string, input: unknown, signal: AbortSignal): StepScope {
    const results = Object.create(null) as Record<string, unknown>;
    return new StepScope('', { workflowId, input, results }, results, signal);
  }

  pathOf(name: string): string {
    return this.prefix + name;
  }

  keep(name: string, result: unknown): void {
    this.own[name] = result;
  }

  resultOf(name: string): unknown {
    return this.own[name];
  }

  /** A round of a for-each: sees what is outside, and keeps its results to itself. */
  round(name: string, item: unknown, index: number, signal: AbortSignal): StepScope {
    const results = Object.create(this.own) as Record<string, unknown>;
    const context = { ...this.context, results, item, index };
    return new StepScope(`${this.prefix}${name}[${index}]/`, context, results, signal);
  }

  /** A branch: the same, but for what stops it. */
  branch(signal: AbortSignal): StepScope {
    return new StepScope(this.prefix, this.context, this.own, signal);
  }
}
