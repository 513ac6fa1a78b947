import type { ConcurrencyLimiter, ConcurrencySnapshot, Waiter } from './concurrency-limiter.port.js';
import { WaiterQueue } from './waiter-queue.js';

/** A fixed number of permits, and room for some callers to wait for one. */
export class Bulkhead implements ConcurrencyLimiter {
  readonly usesTime = false;
  private readonly queue = new WaiterQueue();
  private running = 0;
  private admitted = 0;
  private refused = 0;

  constructor(
    private maxConcurrent: number,
    private maxQueue: number,
  ) {}

  /** Calls that hold a permit. */
  get active(): number {
    return this.running;
  }

  tryAcquire(): boolean {
    if (this.running >= this.maxConcurrent || this.queue.length > 0) return false;
    this.running += 1;
    this.admitted += 1;
    return true;
  }

  enqueue(waiter: Waiter): boolean {
    if (this.queue.length >= this.maxQueue) {
      this.refused += 1;
      return false;
    }
    this.queue.push(waiter);
    return true;
  }

  remove(waiter: Waiter): boolean {
    return this.queue.remove(waiter);
  }

  release(): void {
    // A permit that nobody holds, given back, would let more calls run than the limit says.
    if (this.running === 0) return;
    this.running -= 1;
    this.admitWaiters();
  }

  /** A higher limit admits waiters at once; a lower one lets what runs finish, and a shorter queue what waits. */
  reconfigure(maxConcurrent: number, maxQueue: number): void {
    this.maxConcurrent = maxConcurrent;
    this.maxQueue = maxQueue;
    this.admitWaiters();
  }

  snapshot(): ConcurrencySnapshot {
    return {
      limit: this.maxConcurrent,
      active: this.running,
      queued: this.queue.length,
      totals: { admitted: this.admitted, refused: this.refused },
    };
  }

  private admitWaiters(): void {
    while (this.running < this.maxConcurrent) {
      const waiter = this.queue.shift();
      if (waiter === undefined) return;
      // Taken before the waiter hears of it, so that nothing it sets off can take the same permit.
      this.running += 1;
      this.admitted += 1;
      waiter.grant();
    }
  }
}
