import * as fc from 'fast-check';
import { TokenBucket, type TokenBucketSettings } from './token-bucket.js';

const STEPS = Number(process.env['RESILIENCE_STEPS'] ?? (process.env['SOAK'] === '1' ? 3_000_000 : 300_000));
const STEPS_PER_RUN = 200;
const RUNS = {
  seed: 42,
  numRuns: Math.ceil(STEPS / 2 / STEPS_PER_RUN),
  // A mutant need not be explained, only found.
  endOnFailure: process.env['RESILIENCE_STEPS'] !== undefined,
};
const steps = fc.uint32Array({ minLength: STEPS_PER_RUN, maxLength: STEPS_PER_RUN });
const settings = fc.record({
  limit: fc.integer({ min: 1, max: 30 }),
  interval: fc.integer({ min: 1, max: 100 }),
  burst: fc.integer({ min: 1, max: 6 }),
});
const origin = fc.constantFrom(0, 1, 1e6, 2 ** 40, -500);

/** A bucket in whole numbers: a call costs `interval`, a millisecond brings `limit`. */
class WholeBucket {
  level: number;
  private at: number;

  constructor(
    private readonly settings: TokenBucketSettings,
    now: number,
  ) {
    this.level = settings.burst * settings.interval;
    this.at = now;
  }

  take(now: number): boolean {
    this.level = Math.min(
      this.settings.burst * this.settings.interval,
      this.level + (now - this.at) * this.settings.limit,
    );
    this.at = now;
    if (this.level < this.settings.interval) return false;
    this.level -= this.settings.interval;
    return true;
  }
}

describe('TokenBucket under random callers', () => {
  it('lets through exactly what a bucket in whole numbers lets through, and says when that lets the next one', () => {
    let admitted = 0;
    fc.assert(
      fc.property(settings, origin, steps, (bounds, start, sequence) => {
        const bucket = new TokenBucket(bounds);
        const model = new WholeBucket(bounds, start);
        let now = start;
        for (const step of sequence) {
          // Mostly nothing passes, sometimes a burst refills, rarely an hour goes by.
          now += step % 5 < 3 ? 0 : step % 97 === 0 ? 3_600_000 : (step >>> 8) % (2 * bounds.interval);
          const answer = bucket.reserve(now, 0);
          const expected = model.take(now) ? 0 : (model.level - bounds.interval) / bounds.limit;
          if (Math.abs(answer - expected) > 1e-9 * Math.max(1, Math.abs(now)) || (answer === 0) !== (expected === 0)) {
            throw new Error(`at ${now}: expected ${expected}, got ${answer}`);
          }
          if (answer === 0) admitted += 1;
        }
      }),
      RUNS,
    );
    expect(admitted).toBeGreaterThan(STEPS / 20);
  });

  it('never lets more through than burst + rate · time over any stretch, with callers that wait, give up and take over', () => {
    let reused = 0;
    fc.assert(
      fc.property(settings, fc.integer({ min: 0, max: 400 }), steps, (bounds, maxWait, sequence) => {
        const bucket = new TokenBucket(bounds);
        const went: number[] = [];
        let waiting: number[] = [];
        let latest = 0;
        let now = 0;
        for (const step of sequence) {
          now += step % 3 === 0 ? (step >>> 8) % (2 * bounds.interval) : 0;
          went.push(...waiting.filter((turn) => turn <= now));
          waiting = waiting.filter((turn) => turn > now);
          const someone = (step >>> 4) % Math.max(1, waiting.length);
          if (step % 7 === 0 && waiting.length > 0) bucket.cancel(now, waiting.splice(someone, 1)[0]!);
          else {
            const answer = bucket.reserve(now, maxWait);
            if (answer > maxWait) throw new Error(`waits ${answer}, longer than ${maxWait}`);
            if (answer === 0) went.push(now);
            if (answer > 0) {
              waiting.push(now + answer);
              if (now + answer < latest) reused += 1;
              latest = Math.max(latest, now + answer);
            }
          }
        }
        withinBucket([...went, ...waiting], bounds);
      }),
      RUNS,
    );
    expect(reused).toBeGreaterThan(STEPS / 1000);
  });
});

/** A bucket that never runs dry while it pays for every call is the same as the bound over every stretch of time. */
function withinBucket(calls: number[], { limit, interval, burst }: TokenBucketSettings): void {
  let level = burst;
  let at = 0;
  for (const now of calls.toSorted((one, other) => one - other)) {
    level = Math.min(burst, level + ((now - at) * limit) / interval) - 1;
    at = now;
    if (level < -1e-6) throw new Error(`at ${now}: ${-level} calls too many`);
  }
}
