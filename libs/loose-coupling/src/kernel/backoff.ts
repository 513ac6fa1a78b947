/** How waits between attempts grow. Times are milliseconds. */
export interface BackoffOptions {
  /** Wait before the second attempt. */
  initialDelay: number;
  /** No wait is longer. */
  maxDelay: number;
  /**
   * `full` draws from [0, delay], `equal` from [delay / 2, delay], `none` waits exactly the delay.
   * Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
   */
  jitter: 'full' | 'equal' | 'none';
}

/** The wait after attempt number `attempt` (1 is the first) failed: doubles each time, capped, with jitter. */
export function backoffDelay(attempt: number, options: BackoffOptions, random: () => number = Math.random): number {
  const delay = Math.min(options.maxDelay, options.initialDelay * 2 ** Math.min(attempt - 1, 52));
  return withJitter(delay, options.jitter, random);
}

/** Spreads waits, so that those who failed together do not come back together. */
export function withJitter(delay: number, jitter: BackoffOptions['jitter'], random: () => number): number {
  if (jitter === 'none') return delay;
  return jitter === 'full' ? random() * delay : delay / 2 + (random() * delay) / 2;
}
