/** A token bucket. Times are monotonic milliseconds. */
export interface RateLimiterMachine {
  /**
   * Reserves one call. 0: go ahead. Above 0: reserved, go ahead after that many milliseconds (never more than
   * `maxWait`). Below 0: refused, nothing is reserved, and a call would have been free after that many milliseconds.
   */
  reserve(now: number, maxWait: number): number;
  /** Gives a reservation back before its turn (the time of `reserve` plus the wait it answered); the next caller may have it. */
  cancel(now: number, turn: number): void;
  snapshot(now: number): RateLimiterSnapshot;
}

export interface RateLimiterSnapshot {
  /** Calls that could be made at once. Negative: that many are reserved ahead. */
  readonly available: number;
  readonly totals: { readonly admitted: number; readonly refused: number };
}
