import type { RetryBudgetOptions } from '../../options/policy-options.js';
import type { RetryBudgetMachine } from './retry.port.js';

/** A window is told apart in this many steps: what is older than a window, less a step at most, counts no more. */
const BUCKETS = 10;
/** Fractions that ought to add up to one retry, such as 0.29 · 100, may fall short by rounding. */
const ROUNDING = 1e-9;

/**
 * After Finagle's RetryBudget: over a window, retries may be `ratio` of the first attempts and `minPerSecond` besides.
 * Both sides expire bucket by bucket when it is next asked, so that idle time needs no timer.
 */
export class RetryBudget implements RetryBudgetMachine {
  private readonly deposits = new Uint32Array(BUCKETS);
  private readonly withdrawals = new Uint32Array(BUCKETS);
  private deposited = 0;
  private withdrawn = 0;
  /** Number of the bucket that time is in, counted from the clock's origin. */
  private current = -Infinity;

  constructor(private settings: Required<RetryBudgetOptions>) {}

  deposit(now: number): void {
    const slot = this.advance(now);
    this.deposits[slot] = this.depositsIn(slot) + 1;
    this.deposited += 1;
  }

  tryWithdraw(now: number): boolean {
    const slot = this.advance(now);
    if (this.balance() < 1) return false;
    this.withdrawals[slot] = this.withdrawalsIn(slot) + 1;
    this.withdrawn += 1;
    return true;
  }

  /** What was spent in this window stays spent; another length of window starts a new one. */
  reconfigure(settings: Required<RetryBudgetOptions>): void {
    if (settings.window !== this.settings.window) this.current = -Infinity;
    this.settings = settings;
  }

  snapshot(now: number): { readonly available: number } {
    this.advance(now);
    return { available: Math.max(0, Math.floor(this.balance())) };
  }

  private balance(): number {
    const { ratio, minPerSecond, window } = this.settings;
    return (minPerSecond * window) / 1000 + this.deposited * ratio - this.withdrawn + ROUNDING;
  }

  /** Empties the buckets that time has passed over; index of the one it is in. */
  private advance(now: number): number {
    const bucket = Math.floor(now / (this.settings.window / BUCKETS));
    if (bucket > this.current) {
      // Further back than a window there is nothing to empty: a year of silence costs no more than a second.
      const passed = Math.min(bucket - this.current, BUCKETS);
      for (let step = 0; step < passed; step++) this.empty(slotOf(bucket - step));
      this.current = bucket;
    }
    return slotOf(this.current);
  }

  private empty(slot: number): void {
    this.deposited -= this.depositsIn(slot);
    this.withdrawn -= this.withdrawalsIn(slot);
    this.deposits[slot] = 0;
    this.withdrawals[slot] = 0;
  }

  private depositsIn(slot: number): number {
    return this.deposits[slot] ?? 0;
  }

  private withdrawalsIn(slot: number): number {
    return this.withdrawals[slot] ?? 0;
  }
}

/** The remainder that is never negative. */
const slotOf = (bucket: number): number => ((bucket % BUCKETS) + BUCKETS) % BUCKETS;
