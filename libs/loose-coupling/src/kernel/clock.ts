import { performance } from 'node:perf_hooks';

/** A pending timer. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * The only source of time in this package, so that every wait can be driven by a test.
 * Times are milliseconds.
 */
export abstract class Clock {
  /** Wall-clock time since the Unix epoch. May step backwards; use it for what is stored or sent. */
  abstract now(): number;
  /** Time from an arbitrary origin that never steps backwards; use it for durations within the process. */
  abstract monotonic(): number;
  /** Calls back once, after at least `delayMs`. A timer keeps the process alive unless `unref` is set. */
  abstract setTimer(callback: () => void, delayMs: number, options?: { unref?: boolean }): Timer;
}

/** Node refuses longer timers and would fire them at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export class SystemClock extends Clock {
  override now(): number {
    return Date.now();
  }

  override monotonic(): number {
    return performance.now();
  }

  override setTimer(callback: () => void, delayMs: number, options?: { unref?: boolean }): Timer {
    const handle = setTimeout(callback, Math.min(Math.max(0, delayMs), LONGEST_TIMER_MS));
    if (options?.unref) handle.unref();
    return { cancel: () => clearTimeout(handle) };
  }
}
