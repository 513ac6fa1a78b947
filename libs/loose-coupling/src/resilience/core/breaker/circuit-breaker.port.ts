import type { Outcome } from '../outcome.js';

/**
 * - `closed`: calls pass and are counted.
 * - `open`: calls are refused until `openDuration` has passed.
 * - `half-open`: a few calls, the probes, decide what is next.
 * - `forced-open`, `disabled`, `metrics-only`: set by hand, left only by hand. `forced-open` refuses everything;
 *   `disabled` lets all pass and counts nothing; `metrics-only` counts and never opens.
 */
export type CircuitState = 'closed' | 'open' | 'half-open' | 'forced-open' | 'disabled' | 'metrics-only';

/** The right to make one call; opaque, tagged with the period it was given in. */
export type Permit = number;

/** What `tryAcquire` answers instead of a permit. */
export const REFUSED: Permit = 0;

export type TransitionReason =
  | 'failure-rate'
  | 'slow-call-rate'
  | 'consecutive-failures'
  | 'open-duration-passed'
  | 'probes-succeeded'
  | 'probes-failed'
  | 'half-open-max-wait'
  | 'by-hand'
  | 'shared-state';

export interface CircuitTransition {
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly reason: TransitionReason;
  /** Grows with every transition; what started before it no longer counts. */
  readonly generation: number;
  /** How long the circuit stays open, in milliseconds, when `to` is `open`. */
  readonly openFor?: number;
}

export interface CircuitSnapshot {
  readonly state: CircuitState;
  readonly generation: number;
  /** Counted calls in the window, and percentages of them; rates are undefined while there are fewer than `minimumCalls`. */
  readonly calls: number;
  readonly failures: number;
  readonly slowCalls: number;
  readonly failureRate?: number;
  readonly slowCallRate?: number;
  readonly consecutiveFailures: number;
  /** Milliseconds until an open circuit lets a probe through. */
  readonly retryAfterMs?: number;
  /** Since the start, over all periods. */
  readonly totals: {
    readonly succeeded: number;
    readonly failed: number;
    readonly ignored: number;
    readonly refused: number;
  };
}

/**
 * A circuit breaker without timers and promises: it moves when somebody asks. Times are monotonic milliseconds.
 */
export interface CircuitBreakerMachine {
  /** False while `now` is not looked at when a call ends: closed, counting by calls, no slow-call threshold. Callers may then pass 0. */
  readonly usesTime: boolean;
  /** False while `now` is not looked at when a call begins, nor how long calls take: closed, no slow-call threshold. Callers may then pass 0. */
  readonly timesCalls: boolean;
  /** How often the circuit opened since it was last closed: 0 when it is closed, 1 after the first opening. */
  readonly timesOpened: number;
  tryAcquire(now: number): Permit;
  /** The call waits, in a queue of ours: until `renew`, a probe's lease does not run. */
  suspend(permit: Permit): void;
  /**
   * After a wait the work begins. Answers the same permit when it is still good, and otherwise what `tryAcquire` says now; the
   * old one is then void.
   */
  renew(permit: Permit, now: number): Permit;
  /**
   * Ends a call. Every permit is to be released exactly once. A permit of an earlier period, or a probe whose lease has
   * expired, changes nothing. `startedAt` is when the call began; `now` has to be real for any `failure`.
   */
  release(permit: Permit, outcome: Outcome, now: number, startedAt: number): void;
  /** Milliseconds until the next call has a chance; 0 when it has one now, undefined when nobody can say. */
  retryAfterMs(now: number): number | undefined;
  state(now: number): CircuitState;
  snapshot(now: number): CircuitSnapshot;
  /** By hand. `close` also leaves `forced-open`, `disabled` and `metrics-only`; it starts with an empty window. */
  forceOpen(now: number): void;
  disable(now: number): void;
  metricsOnly(now: number): void;
  close(now: number): void;
  /** By hand: leaves a state set by hand for the one before it. A circuit that was open is open again, until its time is up. */
  resume(now: number): void;
  /**
   * Opens for `openFor` ms as if it had tripped, because another process has; half-open follows as usual. A circuit that is
   * open already stays so until the later of the two times. `timesOpened` is what the other process has counted.
   */
  openFor(openFor: number, now: number, timesOpened?: number): void;
  /** Closes an open or half-open circuit, because another process has seen its probes succeed. */
  adoptClosed(now: number): void;
}
