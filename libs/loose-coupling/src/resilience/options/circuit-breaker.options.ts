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
  /**
   * Probes that a half-open circuit lets through at a time, and has to see succeed. It opens again as soon as the share of failed (or
   * slow) ones among those that answered reaches its threshold: a first probe that fails is 100 %. Default 3.
   */
  readonly halfOpenCalls?: number;
  /**
   * How long a half-open circuit waits for a probe's answer. After that the probe has lost its lease and another may probe in its place; when
   * no other has answered in the meantime either, the circuit opens again. It waits for callers as long as it takes. Default 30,000.
   */
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
