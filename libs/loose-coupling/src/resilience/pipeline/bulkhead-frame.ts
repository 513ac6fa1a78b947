import type { ConcurrencyLimiter } from '../core/concurrency/concurrency-limiter.port.js';
import type { Attempt } from './attempt.js';
import type { FrameParts } from './frame-parts.js';
import type { Layer, Method } from './layer.js';
import { LoneAttempt, NO_ATTEMPT } from './lone-attempt.js';
import type { BulkheadPart, PipelineEnvironment } from './policy-set.port.js';
import { waitForPermit } from './queue-ticket.js';
import { Witness } from './witness.js';
import { isWork } from './work-arguments.js';

/** A bulkhead alone, for calls that nothing can end from outside: half the cost of a frame that is prepared for everything. */
export class BulkheadFrame implements Layer {
  private readonly witness: Witness;

  constructor(
    private readonly part: BulkheadPart,
    parts: FrameParts,
    private readonly environment: PipelineEnvironment,
    /** For all other calls, and where the limit adapts itself. */
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
    const limiter = this.part.slot.only;
    return signal !== undefined || parent !== undefined || limiter === undefined || limiter.usesTime
      ? this.full.run(method, self, args, signal, parent)
      : this.hold(limiter, method, self, args);
  }

  private async hold(
    limiter: ConcurrencyLimiter,
    method: Method,
    self: unknown,
    args: readonly unknown[],
  ): Promise<unknown> {
    if (!limiter.tryAcquire()) {
      try {
        await waitForPermit(limiter, this.part, this.environment);
      } catch (error) {
        if (this.witness.isHeard) this.witness.refused(error, args);
        throw error;
      }
    }
    const context = isWork(args) ? new LoneAttempt(this.environment.closing) : NO_ATTEMPT;
    try {
      return await method.apply(self, (context === NO_ATTEMPT ? args : [context]) as never[]);
    } finally {
      context.end();
      limiter.release('ignored', 0, 0);
    }
  }
}
