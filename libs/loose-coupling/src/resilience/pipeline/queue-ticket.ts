import type { Timer } from '../../kernel/index.js';
import type { ConcurrencyLimiter, Waiter } from '../core/concurrency/concurrency-limiter.port.js';
import { BulkheadFullError } from '../errors/bulkhead-full.error.js';
import type { Attempt } from './attempt.js';
import type { BulkheadPart, PipelineEnvironment } from './policy-set.port.js';
import { stackless } from './stackless.js';

/**
 * A place in the queue of a bulkhead. It is the caller that is suspended, on a promise of its own, so that its work runs in its own
 * asynchronous context and not in that of the call which made room.
 */
class QueueTicket implements Waiter {
  previous: Waiter | undefined = undefined;
  next: Waiter | undefined = undefined;
  queued = false;
  private timer: Timer | undefined;

  constructor(
    private readonly limiter: ConcurrencyLimiter,
    private readonly part: BulkheadPart,
    private readonly environment: PipelineEnvironment,
    private readonly attempt: Attempt,
    private readonly resolve: () => void,
    private readonly reject: (reason: unknown) => void,
  ) {}

  start(): void {
    const { clock, shutdown } = this.environment;
    if (shutdown.reason !== undefined) return this.reject(shutdown.reason);
    if (!this.limiter.enqueue(this)) return this.reject(this.full('full'));
    if (!this.queued) return; // granted at once
    const { queueTimeout } = this.part;
    if (queueTimeout !== undefined) {
      this.timer = clock.setTimer(() => this.leave(this.full('queue-timeout')), queueTimeout, { unref: true });
    }
    this.attempt.interrupt = this.leave;
    shutdown.add(this.leave);
  }

  /** Runs in the context of whoever makes room, so it settles the promise and no more. */
  grant(): void {
    this.attempt.limiter = this.limiter;
    this.end();
    this.resolve();
  }

  // One that is no longer queued has its permit already, and gives it back when it finds that it was cancelled.
  private readonly leave = (reason: unknown): void => {
    if (!this.limiter.remove(this)) return;
    this.end();
    this.reject(reason);
  };

  private end(): void {
    this.timer?.cancel();
    this.attempt.interrupt = undefined;
    this.environment.shutdown.delete(this.leave);
  }

  private full(reason: 'full' | 'queue-timeout'): BulkheadFullError {
    return stackless(() => new BulkheadFullError(this.part.name, this.limiter.snapshot().limit, reason));
  }
}

/** Waits for a permit of `limiter`. The attempt holds it from the moment that it is granted, also when it is cancelled by then. */
export function waitForPermit(
  limiter: ConcurrencyLimiter,
  part: BulkheadPart,
  environment: PipelineEnvironment,
  attempt: Attempt,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    new QueueTicket(limiter, part, environment, attempt, resolve, reject).start();
  });
}
