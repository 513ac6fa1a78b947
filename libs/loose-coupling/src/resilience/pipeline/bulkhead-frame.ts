import type { ConcurrencyLimiter } from '../core/concurrency/concurrency-limiter.port.js';
import { WITH_CONTEXT, type Layer, type Method } from './layer.js';
import { LoneAttempt, NO_ATTEMPT } from './lone-attempt.js';
import type { Attempt } from './attempt.js';
import type { BulkheadPart, PipelineEnvironment } from './policy-set.port.js';

/** A bulkhead alone with room, for calls that nothing can end from outside: a frame that is prepared for everything costs twice as much. */
export class BulkheadFrame implements Layer {
  constructor(
    private readonly part: BulkheadPart,
    private readonly environment: PipelineEnvironment,
    /** For all other calls. */
    private readonly full: Layer,
  ) {}

  run(
    method: Method,
    self: unknown,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
    parent: Attempt | undefined,
  ): Promise<unknown> {
    const limiter = this.part.slot.only;
    return signal === undefined && parent === undefined && limiter?.usesTime === false && limiter.tryAcquire()
      ? this.hold(limiter, method, self, args)
      : this.full.run(method, self, args, signal, parent);
  }

  private async hold(
    limiter: ConcurrencyLimiter,
    method: Method,
    self: unknown,
    args: readonly unknown[],
  ): Promise<unknown> {
    const context = args === WITH_CONTEXT ? new LoneAttempt(this.environment.shutdown) : NO_ATTEMPT;
    try {
      return await method.apply(self, (context === NO_ATTEMPT ? args : [context]) as never[]);
    } finally {
      context.end();
      limiter.release('ignored', 0, 0);
    }
  }
}
