import type { Clock } from '../../kernel/index.js';

/** How many messages may be taken in whatever stretch of time. */
export interface ConsumerRateLimit {
  /** Messages, from 1. */
  readonly limit: number;
  /** Milliseconds, above 0. */
  readonly interval: number;
}

/**
 * Counts what was received in the last interval (a sliding window, so that no stretch of time that long ever has more than `limit`). It limits
 * what is asked for, and not what is handled: what may not be handled yet stays visible in the queue, for other consumers too.
 */
export class ReceiveThrottle {
  /** The oldest first. */
  private readonly taken: { readonly at: number; readonly count: number }[] = [];
  private inWindow = 0;

  constructor(
    private readonly rateLimit: ConsumerRateLimit,
    private readonly clock: Clock,
  ) {}

  /** Messages that may be received now. */
  get left(): number {
    const now = this.clock.monotonic();
    for (let oldest = this.taken[0]; oldest && oldest.at + this.rateLimit.interval <= now; oldest = this.taken[0]) {
      this.inWindow -= oldest.count;
      this.taken.shift();
    }
    return this.rateLimit.limit - this.inWindow;
  }

  /** Milliseconds until there is more left than now; undefined when nothing was received in the last interval. */
  get moreIn(): number | undefined {
    const [oldest] = this.taken;
    return oldest && Math.max(1, oldest.at + this.rateLimit.interval - this.clock.monotonic());
  }

  received(count: number): void {
    if (count === 0) return;
    this.taken.push({ at: this.clock.monotonic(), count });
    this.inWindow += count;
  }
}
