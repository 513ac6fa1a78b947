/** Options of a circuit breaker. Times are milliseconds, rates are percent. */
export interface CircuitBreakerOptions {
  /** What the rates are measured over: the last `size` calls, or the last `size` milliseconds. Default 100 calls. */
  readonly slidingWindow?: { readonly type: 'count' | 'time'; readonly size: number };
  /** Opens when at least this share of the calls in the window failed. Default 50. */
  readonly failureRateThreshold?: number;
  /** Opens when at least this share of the calls in the window took `slowCallDuration` or longer. Default: off. */
  readonly slowCallRateThreshold?: number;
  /** Default 60,000, looked at only with `slowCallRateThreshold`. */
  readonly slowCallDuration?: number;
  /** Rates are not judged below this number of calls in the window. Default 20. */
  readonly minimumCalls?: number;
  /** Opens after this many failures in a row, whatever the rates. Default: off; the source document uses 5. */
  readonly consecutiveFailures?: number;
  /** How long an open circuit refuses: a number, or a function of how often it opened in a row (1 is the first). Default 30,000. */
  readonly openDuration?: number | ((timesOpened: number) => number);
  /** Upper end of a growing `openDuration`. Default 300,000. */
  readonly maxOpenDuration?: number;
  /** Probes that a half-open circuit lets through, and has to see succeed. Default 3. */
  readonly halfOpenCalls?: number;
  /** After this long, a half-open circuit that is not decided opens again, and a probe that has not answered has lost its lease. Default 30,000. */
  readonly halfOpenMaxWait?: number;
}

/** The same with every default filled in. `undefined` means off. */
export interface CircuitBreakerSettings {
  readonly slidingWindow: { readonly type: 'count' | 'time'; readonly size: number };
  readonly failureRateThreshold: number;
  readonly slowCallRateThreshold: number | undefined;
  readonly slowCallDuration: number;
  readonly minimumCalls: number;
  readonly consecutiveFailures: number | undefined;
  readonly openDuration: number | ((timesOpened: number) => number);
  readonly maxOpenDuration: number;
  readonly halfOpenCalls: number;
  readonly halfOpenMaxWait: number;
}
