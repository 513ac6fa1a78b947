import type { EjectionOptions } from './discovery.options.js';

const DEFAULTS = { consecutiveFailures: 3, duration: 10_000, maxDuration: 300_000 };

/** What is known of an endpoint from the calls to it. Times are given, in monotonic milliseconds. */
export class EndpointState {
  pending = 0;
  /** What it is owed by the weighted round. */
  credit = 0;
  private failures = 0;
  private ejections = 0;
  private ejectedUntil = Number.NEGATIVE_INFINITY;

  constructor(private readonly ejection: EjectionOptions | false) {}

  isEjected(now: number): boolean {
    return now < this.ejectedUntil;
  }

  succeeded(): void {
    this.failures = 0;
    this.ejections = 0;
  }

  /** One that has just come back goes at its first failure, for longer. */
  failed(now: number): void {
    if (this.ejection === false || this.isEjected(now)) return;
    const { consecutiveFailures, duration, maxDuration } = { ...DEFAULTS, ...this.ejection };
    this.failures += 1;
    if (this.failures < consecutiveFailures && this.ejections === 0) return;
    this.ejectedUntil = now + Math.min(maxDuration, duration * 2 ** Math.min(this.ejections, 30));
    this.ejections += 1;
    this.failures = 0;
  }
}
