import type { Timer } from '../../kernel/index.js';
import type { ConcurrencyLimiter, Waiter } from '../core/concurrency/concurrency-limiter.port.js';
import { BulkheadFullError } from '../errors/bulkhead-full.error.js';
import type { BulkheadPart, PipelineEnvironment } from './policy-set.port.js';
import { ShutdownListener } from './shutdown-listener.js';
import { stackless } from './stackless.js';

/** What is told of its permit while it waits, and how to give the wait up. */
export interface PermitHolder {
  limiter: ConcurrencyLimiter | undefined;
  interrupt: ((reason: unknown) => void) | undefined;
}

/**
 * A place in the queue of a bulkhead. It is the caller that is suspended, on a promise of its own, so that its work runs in its own
 * asynchronous context and not in that of the call which made room.
 */
class QueueTicket extends ShutdownListener implements Waiter {
  previous: Waiter | undefined = undefined;
  next: Waiter | undefined = undefined;
  queued = false;
  private timer: Timer | undefined = undefined;

  constructor(
    private readonly limiter: ConcurrencyLimiter,
    private readonly part: BulkheadPart,
    private readonly environment: PipelineEnvironment,
    private readonly holder: PermitHolder | undefined,
    private readonly resolve: () => void,
    private readonly reject: (reason: unknown) => void,
  ) {
    super();
  }

  start(): void {
    const { clock, shutdown } = this.environment;
    if (shutdown.reason !== undefined) return this.reject(shutdown.reason);
    if (!this.limiter.enqueue(this)) return this.reject(this.full('full'));
    if (!this.queued) return; // granted at once
    const { queueTimeout } = this.part;
    if (queueTimeout !== undefined) {
      this.timer = clock.setTimer(() => this.leave(this.full('queue-timeout')), queueTimeout, { unref: true });
    }
    if (this.holder !== undefined) this.holder.interrupt = (reason) => this.leave(reason);
    shutdown.add(this);
  }

  /** Runs in the context of whoever makes room, so it settles the promise and no more. */
  grant(): void {
    if (this.holder !== undefined) this.holder.limiter = this.limiter;
    this.end();
    this.resolve();
  }

  // One that is no longer queued has its permit already, and gives it back when it finds that it was cancelled.
  private leave(reason: unknown): void {
    if (!this.limiter.remove(this)) return;
    this.end();
    this.reject(reason);
  }

  onShutdown(reason: Error): void {
    this.leave(reason);
  }

  private end(): void {
    this.timer?.cancel();
    if (this.holder !== undefined) this.holder.interrupt = undefined;
    this.environment.shutdown.delete(this);
  }

  private full(reason: 'full' | 'queue-timeout'): BulkheadFullError {
    return stackless(() => new BulkheadFullError(this.part.name, this.limiter.snapshot().limit, reason));
  }
}

/** Waits for a permit of `limiter`. The holder has it from the moment that it is granted, also when it is cancelled by then. */
export function waitForPermit(
  limiter: ConcurrencyLimiter,
  part: BulkheadPart,
  environment: PipelineEnvironment,
  holder?: PermitHolder,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    new QueueTicket(limiter, part, environment, holder, resolve, reject).start();
  });
}
