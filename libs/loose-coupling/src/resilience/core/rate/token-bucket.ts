import { FreedTurns } from './freed-turns.js';
import type { RateLimiterMachine, RateLimiterSnapshot } from './rate-limiter.port.js';

export interface TokenBucketSettings {
  /** Calls per `interval`. */
  readonly limit: number;
  /** Milliseconds. */
  readonly interval: number;
  /** Calls that may come at once. */
  readonly burst: number;
}

/**
 * A token bucket, kept as a schedule as in the Generic Cell Rate Algorithm (ITU-T I.371): call number n since the bucket
 * was last full has its turn (n - burst) · interval / limit later. Turns come from a count, never from
 * adding up fractions, so that they neither drift with the number of calls nor coarsen with the time of day.
 */
export class TokenBucket implements RateLimiterMachine {
  /** When the bucket was last seen full. */
  private fullAt = -Infinity;
  /** Turns given out since. */
  private taken = 0;
  private readonly freed = new FreedTurns();
  private admitted = 0;
  private refused = 0;

  constructor(private settings: TokenBucketSettings) {}

  reserve(now: number, maxWait: number): number {
    this.advance(now);
    const turn = this.turnOf(this.taken + 1);
    const wait = turn - (now - this.fullAt);
    const { earliest } = this.freed;
    if (earliest - now < Math.min(wait, maxWait)) {
      this.freed.removeEarliest();
      this.admitted += 1;
      return earliest - now;
    }
    if (wait <= Math.max(0, maxWait)) {
      this.taken += 1;
      this.admitted += 1;
      return Math.max(0, wait);
    }
    this.refused += 1;
    return -this.untilReached(turn, now);
  }

  cancel(now: number, turn: number): void {
    // One that has come is spent: what refilled since was given to others.
    if (turn > now) this.freed.add(turn);
  }

  /** What is available stays, up to the new burst; reservations keep their turns. */
  reconfigure(settings: TokenBucketSettings, now: number): void {
    this.advance(now);
    const spent = settings.burst - Math.min(settings.burst, this.level(now));
    this.settings = settings;
    // Whole calls are counted; the fraction of one that has refilled already moves the start back.
    this.taken = Math.ceil(spent);
    this.fullAt = now - this.turnOf(settings.burst + this.taken - spent);
  }

  snapshot(now: number): RateLimiterSnapshot {
    this.advance(now);
    return {
      available: this.level(now) + this.freed.size,
      totals: { admitted: this.admitted, refused: this.refused },
    };
  }

  private level(now: number): number {
    const { limit, interval, burst } = this.settings;
    return burst - this.taken + ((now - this.fullAt) * limit) / interval;
  }

  /** Brings the schedule to `now`: a full bucket starts anew, freed turns that nobody took are lost. */
  private advance(now: number): void {
    if (this.turnOf(this.taken + this.settings.burst) <= now - this.fullAt) {
      this.fullAt = now;
      this.taken = 0;
    }
    while (this.freed.earliest <= now) this.freed.removeEarliest();
  }

  /** When call number `count` since `fullAt` has its turn, in milliseconds after `fullAt`. */
  private turnOf(count: number): number {
    const { limit, interval, burst } = this.settings;
    return ((count - burst) * interval) / limit;
  }

  /** Milliseconds after which `turn` has certainly come; rounding must not make a caller try a hair too early. */
  private untilReached(turn: number, now: number): number {
    const step = (Math.abs(now) + Math.abs(this.fullAt) + Math.abs(turn)) * Number.EPSILON;
    let delay = turn - (now - this.fullAt);
    while (now + delay - this.fullAt < turn) delay += step;
    return delay;
  }
}
