import type { Outcome } from '../outcome.js';

/** A caller in the queue. The limiter links waiters through these fields; they belong to it while the waiter is queued. */
export interface Waiter {
  /** Called once, synchronously, when the permit is the waiter's. It must only settle the waiter's own promise: it runs in somebody else's context. */
  grant(): void;
  previous: Waiter | undefined;
  next: Waiter | undefined;
  queued: boolean;
}

export interface ConcurrencySnapshot {
  readonly limit: number;
  readonly active: number;
  readonly queued: number;
  readonly totals: { readonly admitted: number; readonly refused: number };
}

/**
 * Limits how many calls run at the same time; a fixed number (bulkhead) or one that it finds itself (adaptive limit).
 * First come, first served: a freed permit is handed to the first waiter, nobody can barge in.
 */
export interface ConcurrencyLimiter {
  /** Whether `release` looks at its times and outcome; a bulkhead does not. */
  readonly usesTime: boolean;
  /** Takes a permit when one is free and nobody waits. */
  tryAcquire(): boolean;
  /** Puts a waiter at the end of the queue; false when the queue is full. */
  enqueue(waiter: Waiter): boolean;
  /** Takes a waiter out; false when it was not queued (any more): then it holds a permit. */
  remove(waiter: Waiter): boolean;
  /** Gives a permit back: to the first waiter, if there is one. */
  release(outcome: Outcome, now: number, startedAt: number): void;
  snapshot(): ConcurrencySnapshot;
}
