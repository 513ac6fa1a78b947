import type { SampleWindow } from './sample-window.js';

/** What {@link Gradient2} adapts within. */
export interface Gradient2Settings {
  readonly minLimit: number;
  readonly maxLimit: number;
  readonly tolerance: number;
  readonly smoothing: number;
}

/** Windows that the long-term latency remembers: ten minutes under load, as the original's 600 windows of a second. */
const LONG_WINDOW = 6000;
/** The first windows count alike, so that a slow start does not pass for usual. */
const WARM_UP = 10;
/** Calls that may queue at the dependency while latencies are good: what the limit grows by. */
const MOST_HEADROOM = 4;
/** One bad window shrinks the limit by no more than half (before smoothing). */
const STEEPEST = 0.5;
/** Brings the long-term latency down faster once latencies have halved: an overload is over. */
const RECOVERY = 0.9;

/**
 * How many calls a dependency takes at the same time, found from latencies: the limit shrinks while answers are slower
 * than `tolerance` times the long-term average, and grows by a headroom otherwise.
 *
 * The algorithm is Gradient2 of Netflix/concurrency-limits, with two differences. Its headroom of 4 would hold a
 * struggling dependency at 8 calls or more, so below 16 ours is the square root of the limit. And failures, which it
 * ignores, shrink the limit by up to half as well, after their share: a dependency that only times out has no latency.
 */
export class Gradient2 {
  private estimate: number;
  private longTerm = 0;
  private windows = 0;

  constructor(
    initialLimit: number,
    private settings: Gradient2Settings,
  ) {
    this.estimate = this.clamp(initialLimit);
  }

  get limit(): number {
    return Math.floor(this.estimate);
  }

  reconfigure(settings: Gradient2Settings): void {
    this.settings = settings;
    this.estimate = this.clamp(this.estimate);
  }

  update(window: SampleWindow): void {
    const slowness = window.successes > 0 ? this.gradientOf(window.averageLatency) : 1;
    // A limit that was not nearly reached has not been tried: what happened is not its doing.
    if (window.mostActive < this.estimate / 2) return;
    const { failureShare } = window;
    const gradient = Math.max(STEEPEST, slowness * (1 - failureShare / 2));
    const headroom = Math.min(MOST_HEADROOM, Math.sqrt(this.estimate)) * (1 - failureShare);
    const target = this.estimate * gradient + headroom;
    const { smoothing } = this.settings;
    this.estimate = this.clamp(this.estimate * (1 - smoothing) + target * smoothing);
  }

  /** 1 while `latency` is tolerated, less the slower it is; `latency` joins the long-term average. */
  private gradientOf(latency: number): number {
    this.windows += 1;
    const weight = this.windows <= WARM_UP ? 1 / this.windows : 2 / (LONG_WINDOW + 1);
    this.longTerm += (latency - this.longTerm) * weight;
    const tolerated = this.longTerm * this.settings.tolerance;
    if (this.longTerm > 2 * latency) this.longTerm *= RECOVERY;
    return latency > tolerated ? tolerated / latency : 1;
  }

  private clamp(limit: number): number {
    return Math.max(this.settings.minLimit, Math.min(this.settings.maxLimit, limit));
  }
}
