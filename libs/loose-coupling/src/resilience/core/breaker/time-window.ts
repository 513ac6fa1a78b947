import type { CallWindow } from './call-window.js';

/** Parts that a time window is cut into; the oldest leaves as a whole. */
export const TIME_WINDOW_BUCKETS = 10;

/** Numbers kept for a bucket: calls, failures, slow calls. */
const FIELDS = 3;

/**
 * The calls of the last `size` milliseconds, summed up in ten buckets. The newest bucket is still filling, so the window reaches back
 * at least 9/10 of `size` and never further than `size`. Time that runs backwards is taken for standing still.
 */
export class TimeWindow implements CallWindow {
  calls = 0;
  failures = 0;
  slowCalls = 0;
  private readonly bucketSize: number;
  /** Number of the newest bucket, counted from time 0. */
  private newest = 0;
  private counts: number[] | undefined = undefined;

  constructor(size: number) {
    this.bucketSize = size / TIME_WINDOW_BUCKETS;
  }

  record(failed: boolean, slow: boolean, now: number): void {
    this.advance(now);
    this.add(this.newest, 1, failed ? 1 : 0, slow ? 1 : 0);
  }

  advance(now: number): void {
    const bucket = Math.floor(now / this.bucketSize);
    if (!(bucket > this.newest)) return;
    if (this.calls > 0) this.dropUntil(bucket);
    this.newest = bucket;
  }

  clear(): void {
    this.calls = 0;
    this.failures = 0;
    this.slowCalls = 0;
    this.counts = undefined;
  }

  resizedTo(size: number, now: number): TimeWindow {
    this.advance(now);
    const resized = new TimeWindow(size);
    resized.advance(now);
    for (let age = TIME_WINDOW_BUCKETS - 1; age >= 0; age--) {
      const bucket = this.newest - age;
      const [calls, failures, slowCalls] = this.bucketAt(bucket);
      const target = Math.floor((bucket * this.bucketSize) / resized.bucketSize);
      if (target > resized.newest - TIME_WINDOW_BUCKETS) resized.add(target, calls, failures, slowCalls);
    }
    return resized;
  }

  private bucketAt(bucket: number): [calls: number, failures: number, slowCalls: number] {
    const at = slotOf(bucket);
    return [this.counts?.[at] ?? 0, this.counts?.[at + 1] ?? 0, this.counts?.[at + 2] ?? 0];
  }

  private add(bucket: number, calls: number, failures: number, slowCalls: number): void {
    const counts = (this.counts ??= Array.from({ length: TIME_WINDOW_BUCKETS * FIELDS }, () => 0));
    const at = slotOf(bucket);
    counts[at] = (counts[at] ?? 0) + calls;
    counts[at + 1] = (counts[at + 1] ?? 0) + failures;
    counts[at + 2] = (counts[at + 2] ?? 0) + slowCalls;
    this.calls += calls;
    this.failures += failures;
    this.slowCalls += slowCalls;
  }

  /** Empties every bucket whose place is taken on the way to `bucket`: all of them after a long silence. */
  private dropUntil(bucket: number): void {
    const steps = Math.min(bucket - this.newest, TIME_WINDOW_BUCKETS);
    for (let step = 1; step <= steps; step++) {
      const left = this.newest + step;
      const [calls, failures, slowCalls] = this.bucketAt(left);
      this.add(left, -calls, -failures, -slowCalls);
    }
  }
}

function slotOf(bucket: number): number {
  return (bucket % TIME_WINDOW_BUCKETS) * FIELDS;
}
