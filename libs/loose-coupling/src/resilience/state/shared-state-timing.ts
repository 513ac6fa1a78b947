/** How shared state keeps time, in milliseconds. */
export interface SharedStateTiming {
  /** Between two looks at the store. */
  readonly refreshInterval: number;
  /** Longest wait for one answer of the store. */
  readonly storeTimeout: number;
  /** A lease to probe lasts so long unless it is renewed. */
  readonly lease: number;
  /** A holder that gets no call to probe with gives its lease back after this time … */
  readonly unusedLease: number;
  /** … and leaves the next to others for this time. */
  readonly rest: number;
  /** A breaker without calls for this time is idle. */
  readonly idleAfter: number;
}

export function timingOf({ refreshInterval = 1_000, storeTimeout = 500 }): SharedStateTiming {
  return {
    refreshInterval,
    storeTimeout,
    lease: Math.max(10 * refreshInterval, 4 * storeTimeout),
    unusedLease: 10 * refreshInterval,
    rest: 2 * refreshInterval,
    idleAfter: 30 * refreshInterval,
  };
}
