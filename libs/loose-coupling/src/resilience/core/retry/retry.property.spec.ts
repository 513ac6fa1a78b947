import * as fc from 'fast-check';
import { RetryBudget } from './retry-budget.js';
import { createRetrySchedule } from './retry-schedule.js';

const STEPS = Number(process.env['RESILIENCE_STEPS'] ?? (process.env['SOAK'] === '1' ? 4_000_000 : 400_000));
const STEPS_PER_RUN = 200;
const RUNS = {
  seed: 42,
  numRuns: Math.ceil(STEPS / 2 / STEPS_PER_RUN),
  // A mutant need not be explained, only found.
  endOnFailure: process.env['RESILIENCE_STEPS'] !== undefined,
};
const steps = fc.uint32Array({ minLength: STEPS_PER_RUN, maxLength: STEPS_PER_RUN });

describe('retries at random', () => {
  it('RetryBudget: allows exactly what a list of everything that happened in the last ten buckets allows', () => {
    const settings = fc.record({
      // Tenths, so that the model can count in whole numbers.
      tenths: fc.integer({ min: 0, max: 12 }),
      minPerSecond: fc.integer({ min: 0, max: 3 }),
      seconds: fc.integer({ min: 1, max: 20 }),
    });
    let allowed = 0;
    fc.assert(
      fc.property(settings, steps, ({ tenths, minPerSecond, seconds }, sequence) => {
        const width = seconds * 100;
        const budget = new RetryBudget({ ratio: tenths / 10, minPerSecond, window: seconds * 1000 });
        let happened: { readonly bucket: number; readonly worth: number }[] = [];
        let now = 0;
        for (const step of sequence) {
          now += step % 3 > 0 ? 0 : step % 61 === 0 ? 3_600_000 : (step >>> 8) % (2 * width);
          const bucket = Math.floor(now / width);
          happened = happened.filter((one) => one.bucket > bucket - 10);
          const balance = happened.reduce((sum, one) => sum + one.worth, 10 * minPerSecond * seconds);
          if ((step >>> 4) % 5 < 3) {
            budget.deposit(now);
            happened.push({ bucket, worth: tenths });
          } else {
            const expected = balance >= 10;
            if (budget.tryWithdraw(now) !== expected) throw new Error(`at ${now}: allowed is not ${expected}`);
            if (expected) happened.push({ bucket, worth: -10 });
            if (expected) allowed += 1;
          }
        }
      }),
      RUNS,
    );
    expect(allowed).toBeGreaterThan(STEPS / 40);
  });

  it('createRetrySchedule: every wait lies between what its source says', () => {
    const duration = fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(0, 1e300, Number.MAX_VALUE));
    const settings = fc.record({
      initialDelay: duration,
      maxDelay: duration,
      backoff: fc.constantFrom('constant' as const, 'linear' as const, 'exponential' as const, 'decorrelated' as const),
      jitter: fc.constantFrom('full' as const, 'equal' as const, 'none' as const),
    });
    let waits = 0;
    fc.assert(
      fc.property(settings, steps, (bounds, sequence) => {
        let drawn = 0;
        const schedule = createRetrySchedule(bounds, () => drawn);
        const { initialDelay, maxDelay, backoff, jitter } = bounds;
        let previous = 0;
        for (const [index, step] of sequence.entries()) {
          const attempt = step % 11 === 0 ? step : index + 1;
          drawn = step / 2 ** 32;
          const delay = schedule.delay(attempt, previous);
          const full = {
            constant: initialDelay,
            linear: initialDelay * attempt,
            exponential: initialDelay * 2 ** Math.min(attempt - 1, 52),
          };
          const highest =
            backoff === 'decorrelated'
              ? Math.min(maxDelay, 3 * Math.max(previous, initialDelay))
              : Math.min(maxDelay, full[backoff]);
          const lowest =
            backoff === 'decorrelated'
              ? Math.min(maxDelay, initialDelay)
              : { full: 0, equal: highest / 2, none: highest }[jitter];
          if (!(delay >= lowest && delay <= highest)) throw new Error(`${delay} is not from ${lowest} to ${highest}`);
          previous = delay;
          waits += 1;
        }
      }),
      RUNS,
    );
    expect(waits).toBeGreaterThanOrEqual(STEPS / 2);
  });
});
