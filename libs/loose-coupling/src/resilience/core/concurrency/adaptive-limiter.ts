import type { Outcome } from '../outcome.js';
import { Bulkhead } from './bulkhead.js';
import type { ConcurrencyLimiter, ConcurrencySnapshot, Waiter } from './concurrency-limiter.port.js';
import { Gradient2, type Gradient2Settings } from './gradient2.js';
import { SampleWindow } from './sample-window.js';

export interface AdaptiveLimiterSettings extends Gradient2Settings {
  /** Where the limit starts. */
  readonly initialLimit: number;
  readonly maxQueue: number;
}

/** A bulkhead whose limit follows what the dependency takes, see {@link Gradient2}. */
export class AdaptiveLimiter implements ConcurrencyLimiter {
  readonly usesTime = true;
  private readonly gradient: Gradient2;
  private readonly window = new SampleWindow();
  private readonly bulkhead: Bulkhead;
  private maxQueue: number;

  constructor(settings: AdaptiveLimiterSettings) {
    this.gradient = new Gradient2(settings.initialLimit, settings);
    this.maxQueue = settings.maxQueue;
    this.bulkhead = new Bulkhead(this.gradient.limit, this.maxQueue);
  }

  tryAcquire(): boolean {
    return this.bulkhead.tryAcquire();
  }

  enqueue(waiter: Waiter): boolean {
    return this.bulkhead.enqueue(waiter);
  }

  remove(waiter: Waiter): boolean {
    return this.bulkhead.remove(waiter);
  }

  release(outcome: Outcome, now: number, startedAt: number): void {
    if (outcome !== 'ignored') this.learn(outcome === 'success', now, now - startedAt);
    this.bulkhead.release();
  }

  /** The limit found so far is kept, within the new bounds. `initialLimit` matters no more. */
  reconfigure(settings: AdaptiveLimiterSettings): void {
    this.gradient.reconfigure(settings);
    this.maxQueue = settings.maxQueue;
    this.follow();
  }

  snapshot(): ConcurrencySnapshot {
    return this.bulkhead.snapshot();
  }

  private learn(succeeded: boolean, now: number, latency: number): void {
    const { active } = this.bulkhead;
    // Times that make no sense (also: not a number), or a permit nobody held, must not spoil the averages.
    if (active === 0 || !(latency >= 0 && latency < Infinity)) return;
    this.window.add(succeeded, latency, active, now);
    if (!this.window.isComplete(now)) return;
    this.gradient.update(this.window);
    this.window.clear();
    this.follow();
  }

  private follow(): void {
    this.bulkhead.reconfigure(this.gradient.limit, this.maxQueue);
  }
}
