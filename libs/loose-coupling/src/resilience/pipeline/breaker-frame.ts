import { REFUSED, type CircuitBreakerMachine, type Permit } from '../core/breaker/circuit-breaker.port.js';
import type { Outcome } from '../core/outcome.js';
import type { Attempt } from './attempt.js';
import { circuitOpenError } from './circuit-open-error.js';
import type { FrameParts } from './frame-parts.js';
import type { Layer, Method } from './layer.js';
import { LoneAttempt, NO_ATTEMPT } from './lone-attempt.js';
import type { CircuitBreakerPart, PipelineEnvironment } from './policy-set.port.js';
import { Witness } from './witness.js';
import { isWork } from './work-arguments.js';

/** A breaker alone, for calls that nothing can end from outside: half the cost of a frame that is prepared for everything. */
export class BreakerFrame implements Layer {
  private readonly witness: Witness;

  constructor(
    private readonly part: CircuitBreakerPart,
    parts: FrameParts,
    private readonly environment: PipelineEnvironment,
    /** For all other calls. */
    private readonly full: Layer,
  ) {
    this.witness = new Witness(parts, environment);
  }

  run(
    method: Method,
    self: unknown,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
    parent: Attempt | undefined,
  ): Promise<unknown> {
    if (signal !== undefined || parent !== undefined) return this.full.run(method, self, args, signal, parent);
    return this.guard(method, self, args);
  }

  private async guard(method: Method, self: unknown, args: readonly unknown[]): Promise<unknown> {
    const { part, environment } = this;
    const breaker = part.slot.only ?? part.slot.pick(args);
    const startedAt = breaker.timesCalls ? environment.clock.monotonic() : 0;
    const permit = breaker.tryAcquire(startedAt);
    if (permit === REFUSED) throw this.refusal(breaker, startedAt, args);
    const context = isWork(args) ? new LoneAttempt(environment.closing) : NO_ATTEMPT;
    let result: unknown;
    try {
      result = await method.apply(self, (context === NO_ATTEMPT ? args : [context]) as never[]);
    } catch (error) {
      context.end();
      this.fail(breaker, permit, startedAt, error, context);
      throw error;
    }
    context.end();
    if (part.outcomeOfResult === undefined) this.release(breaker, permit, 'success', startedAt);
    else this.judge(breaker, permit, startedAt, result, part.outcomeOfResult);
    return result;
  }

  private fail(
    breaker: CircuitBreakerMachine,
    permit: Permit,
    startedAt: number,
    error: unknown,
    context: LoneAttempt,
  ): void {
    let outcome: Outcome = 'ignored';
    try {
      if (!context.stoppedByShutdown) outcome = this.part.outcomeOfError(error);
    } finally {
      this.release(breaker, permit, outcome, startedAt);
    }
  }

  private judge(
    breaker: CircuitBreakerMachine,
    permit: Permit,
    startedAt: number,
    result: unknown,
    outcomeOf: (result: unknown) => Outcome,
  ): void {
    let outcome: Outcome = 'ignored';
    try {
      outcome = outcomeOf(result);
    } finally {
      this.release(breaker, permit, outcome, startedAt);
    }
  }

  private release(breaker: CircuitBreakerMachine, permit: Permit, outcome: Outcome, startedAt: number): void {
    const now = breaker.usesTime || outcome === 'failure' ? this.environment.clock.monotonic() : 0;
    breaker.release(permit, outcome, now, startedAt);
  }

  private refusal(breaker: CircuitBreakerMachine, startedAt: number, args: readonly unknown[]): Error {
    const error = circuitOpenError(this.part, breaker, startedAt || this.environment.clock.monotonic());
    if (this.witness.isHeard) this.witness.refused(error, args);
    return error;
  }
}
