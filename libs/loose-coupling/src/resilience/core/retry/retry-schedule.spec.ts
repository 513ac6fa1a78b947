import { createRetrySchedule, type RetryScheduleSettings } from './retry-schedule.js';

const SETTINGS: RetryScheduleSettings = { initialDelay: 100, maxDelay: 1000, backoff: 'constant', jitter: 'none' };
const ATTEMPTS = [1, 2, 3, 4, 5, 50, 2000, Number.MAX_SAFE_INTEGER];

function delays(settings: Partial<RetryScheduleSettings>, random: () => number = () => 0.5): number[] {
  const schedule = createRetrySchedule({ ...SETTINGS, ...settings }, random);
  return ATTEMPTS.map((attempt) => schedule.delay(attempt, 0));
}

describe('createRetrySchedule', () => {
  it('waits as long each time when constant', () => {
    expect(delays({ backoff: 'constant' })).toEqual([100, 100, 100, 100, 100, 100, 100, 100]);
  });

  it('waits longer by the same when linear, up to maxDelay', () => {
    expect(delays({ backoff: 'linear' })).toEqual([100, 200, 300, 400, 500, 1000, 1000, 1000]);
  });

  it('waits twice as long each time when exponential, up to maxDelay', () => {
    expect(delays({ backoff: 'exponential' })).toEqual([100, 200, 400, 800, 1000, 1000, 1000, 1000]);
  });

  it.each(['constant', 'linear', 'exponential'] as const)('lays jitter over the capped wait when %s', (backoff) => {
    const longest = delays({ backoff }).map((delay) => [delay * 0.25, delay * 0.625]);
    expect(delays({ backoff, jitter: 'full' }, () => 0.25)).toEqual(longest.map(([full]) => full));
    expect(delays({ backoff, jitter: 'equal' }, () => 0.25)).toEqual(longest.map(([, equal]) => equal));
  });

  it('draws nothing without jitter', () => {
    const random = () => {
      throw new Error('drawn');
    };
    expect(delays({ backoff: 'linear', jitter: 'none' }, random)[0]).toBe(100);
  });

  it.each(['constant', 'linear', 'exponential', 'decorrelated'] as const)(
    'never waits above maxDelay when %s',
    (backoff) => {
      expect(delays({ backoff, initialDelay: 5000 }, () => 0.999)).toEqual(ATTEMPTS.map(() => 1000));
      expect(delays({ backoff, initialDelay: Number.MAX_VALUE }, () => 0)).toEqual(ATTEMPTS.map(() => 1000));
    },
  );

  it.each(['constant', 'linear', 'exponential', 'decorrelated'] as const)(
    'waits nothing when told so, when %s',
    (backoff) => {
      expect(delays({ backoff, initialDelay: 0 })).toEqual(ATTEMPTS.map(() => 0));
      expect(delays({ backoff, maxDelay: 0 })).toEqual(ATTEMPTS.map(() => 0));
    },
  );

  describe('decorrelated', () => {
    const schedule = (drawn: number, settings: Partial<RetryScheduleSettings> = {}) =>
      createRetrySchedule({ ...SETTINGS, backoff: 'decorrelated', ...settings }, () => drawn);

    it('draws the first wait between the initial one and three times it', () => {
      expect(schedule(0).delay(1, 0)).toBe(100);
      expect(schedule(0.5).delay(1, 0)).toBe(200);
      expect(schedule(0.99).delay(1, 0)).toBeCloseTo(298, 9);
    });

    it('draws the next between the initial one and three times the last', () => {
      expect(schedule(0).delay(7, 200)).toBe(100);
      expect(schedule(0.5).delay(2, 200)).toBe(350);
      expect(schedule(0.5).delay(2, 50)).toBe(200);
    });

    it('is capped, also after a wait that a Retry-After made long', () => {
      expect(schedule(0.5).delay(3, 1000)).toBe(1000);
      expect(schedule(0).delay(3, 60_000)).toBe(100);
    });

    it.each([0, 0.5, 0.999])('survives the longest waits, drawing %d', (drawn) => {
      const delay = schedule(drawn, { maxDelay: Number.MAX_VALUE }).delay(3, Number.MAX_VALUE);
      expect(delay).toBe(drawn === 0 ? 100 : Number.MAX_VALUE * drawn);
    });
  });
});
