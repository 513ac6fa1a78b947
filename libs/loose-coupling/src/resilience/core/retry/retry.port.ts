/** A budget shared by all calls of a policy, so that retries cannot multiply an outage. Times are monotonic milliseconds. */
export interface RetryBudgetMachine {
  /** Notes a first attempt. */
  deposit(now: number): void;
  /** Takes what one retry (or hedge) costs; false: there is none left. */
  tryWithdraw(now: number): boolean;
  snapshot(now: number): { readonly available: number };
}

/** Why no further attempt is made. */
export type RetryStop = 'max-attempts' | 'total-timeout' | 'budget' | 'not-retryable' | 'retry-after-too-long';

/** How waits between attempts grow. */
export interface RetrySchedule {
  /**
   * Milliseconds to wait before the next attempt. `attempt` is the one that has just failed (1 is the first),
   * `previous` the wait before it (0 at first; for decorrelated jitter).
   */
  delay(attempt: number, previous: number): number;
}
