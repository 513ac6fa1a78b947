/** As Envoy's adaptive concurrency: short enough to follow, long enough to see more than one call's luck. */
const LEAST_MILLISECONDS = 100;
/** As WindowedLimit of Netflix/concurrency-limits. */
const LEAST_SAMPLES = 10;

/** What one stretch of calls showed. Times are milliseconds. */
export class SampleWindow {
  successes = 0;
  failures = 0;
  /** The most calls that ran at the same time. */
  mostActive = 0;
  private latencies = 0;
  private openedAt = 0;

  /** Share of the calls that failed, 0 to 1. */
  get failureShare(): number {
    return this.failures / (this.successes + this.failures);
  }

  /** Of those that succeeded: a failure says nothing about latency. */
  get averageLatency(): number {
    return this.latencies / this.successes;
  }

  add(succeeded: boolean, latency: number, active: number, now: number): void {
    if (this.successes + this.failures === 0) this.openedAt = now;
    if (succeeded) {
      this.successes += 1;
      this.latencies += latency;
    } else {
      this.failures += 1;
    }
    if (active > this.mostActive) this.mostActive = active;
  }

  isComplete(now: number): boolean {
    return this.successes + this.failures >= LEAST_SAMPLES && now - this.openedAt >= LEAST_MILLISECONDS;
  }

  clear(): void {
    this.successes = 0;
    this.failures = 0;
    this.mostActive = 0;
    this.latencies = 0;
  }
}
