import type { Waiter } from './concurrency-limiter.port.js';

/** First come, first served. Waiters are linked through their own fields: joining and leaving cost the same however many wait. */
export class WaiterQueue {
  private first: Waiter | undefined = undefined;
  private last: Waiter | undefined = undefined;
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(waiter: Waiter): void {
    waiter.queued = true;
    waiter.previous = this.last;
    waiter.next = undefined;
    if (this.last === undefined) this.first = waiter;
    else this.last.next = waiter;
    this.last = waiter;
    this.count += 1;
  }

  /** The one that has waited longest; it is queued no more. */
  shift(): Waiter | undefined {
    const waiter = this.first;
    if (waiter !== undefined) this.remove(waiter);
    return waiter;
  }

  /** False when the waiter was not queued. */
  remove(waiter: Waiter): boolean {
    if (!waiter.queued) return false;
    const { previous, next } = waiter;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    // A waiter that outlives its wait must not keep its neighbours alive.
    waiter.previous = undefined;
    waiter.next = undefined;
    waiter.queued = false;
    this.count -= 1;
    return true;
  }
}
