import { TokenBucket } from './token-bucket.js';

/** One call every 100 ms, three at once. */
const SETTINGS = { limit: 10, interval: 1000, burst: 3 };

function usedUp(settings = SETTINGS, now = 0): TokenBucket {
  const bucket = new TokenBucket(settings);
  for (let call = 0; call < settings.burst; call++) expect(bucket.reserve(now, 0)).toBe(0);
  return bucket;
}

describe('TokenBucket', () => {
  it('lets a burst through at once and says exactly when the next call is free', () => {
    const bucket = usedUp();
    expect(bucket.reserve(0, 0)).toBe(-100);
    expect(bucket.reserve(30, 0)).toBe(-70);
    expect(bucket.reserve(99, 0)).toBe(-1);
    expect(bucket.reserve(100, 0)).toBe(0);
    expect(bucket.reserve(100, 0)).toBe(-100);
  });

  it('counts what it let through and refused', () => {
    const bucket = usedUp();
    bucket.reserve(0, 0);
    bucket.reserve(0, 100);
    expect(bucket.snapshot(0)).toEqual({ available: -1, totals: { admitted: 4, refused: 1 } });
  });

  it('shows what is available, with fractions', () => {
    const bucket = new TokenBucket(SETTINGS);
    expect(bucket.snapshot(0).available).toBe(3);
    bucket.reserve(0, 0);
    bucket.reserve(0, 0);
    expect(bucket.snapshot(0).available).toBe(1);
    expect(bucket.snapshot(50).available).toBe(1.5);
    expect(bucket.snapshot(150).available).toBe(2.5);
  });

  it('never saves up more than a burst', () => {
    const bucket = usedUp();
    expect(bucket.snapshot(1e9).available).toBe(3);
    expect([0, 0, 0, 0].map(() => bucket.reserve(1e9, 0))).toEqual([0, 0, 0, -100]);
  });

  it('is full again at the moment the last call has refilled, not before', () => {
    const early = usedUp();
    expect([0, 0, 0].map(() => early.reserve(299, 0))).toEqual([0, 0, -1]);
    const late = usedUp();
    expect([0, 0, 0, 0].map(() => late.reserve(300, 0))).toEqual([0, 0, 0, -100]);
  });

  it('reserves turns ahead for those who can wait, one after the other', () => {
    const bucket = usedUp();
    expect([250, 250, 250].map((maxWait) => bucket.reserve(0, maxWait))).toEqual([100, 200, -300]);
    expect(bucket.snapshot(0).available).toBe(-2);
    expect(bucket.reserve(0, 300)).toBe(300);
    expect(bucket.reserve(150, 250)).toBe(250);
  });

  it('lets nobody pass those who wait', () => {
    const bucket = usedUp();
    bucket.reserve(0, 100);
    expect(bucket.reserve(100, 0)).toBe(-100);
    expect(bucket.reserve(200, 0)).toBe(0);
  });

  it('lets a call through at once whatever it is willing to wait', () => {
    const bucket = new TokenBucket(SETTINGS);
    expect([bucket.reserve(0, -5), bucket.reserve(0, 0), bucket.reserve(0, Infinity)]).toEqual([0, 0, 0]);
    expect(bucket.reserve(0, -5)).toBe(-100);
  });

  it('answers plain zeros', () => {
    const bucket = new TokenBucket({ limit: 1, interval: 1000, burst: 1 });
    expect(Object.is(bucket.reserve(5, 0), 0)).toBe(true);
    expect(Object.is(bucket.reserve(1005, 0), 0)).toBe(true);
  });

  describe('a turn given back', () => {
    it('is the next caller’s, at the same time', () => {
      const bucket = usedUp();
      expect([1000, 1000, 1000].map((maxWait) => bucket.reserve(0, maxWait))).toEqual([100, 200, 300]);
      bucket.cancel(50, 200);
      expect(bucket.snapshot(50).available).toBe(-1.5);
      expect(bucket.reserve(50, 1000)).toBe(150);
      expect(bucket.reserve(50, 1000)).toBe(350);
      expect(bucket.snapshot(50).totals).toEqual({ admitted: 8, refused: 0 });
    });

    it('goes to who comes first, the earliest turn first', () => {
      const bucket = usedUp();
      for (let waiting = 0; waiting < 4; waiting++) bucket.reserve(0, 1000);
      bucket.cancel(0, 300);
      bucket.cancel(0, 100);
      expect([1000, 1000, 1000].map((maxWait) => bucket.reserve(0, maxWait))).toEqual([100, 300, 500]);
    });

    it('is only for who can wait for it', () => {
      const bucket = usedUp();
      for (let waiting = 0; waiting < 2; waiting++) bucket.reserve(0, 1000);
      bucket.cancel(0, 200);
      expect(bucket.reserve(0, 199)).toBe(-300);
      expect(bucket.reserve(0, 200)).toBe(-300);
      expect(bucket.reserve(0, 201)).toBe(200);
    });

    it('is lost when nobody took it in time, so that no two calls go where one may', () => {
      const bucket = usedUp({ limit: 10, interval: 1000, burst: 1 });
      for (let waiting = 0; waiting < 2; waiting++) bucket.reserve(0, 1000);
      bucket.cancel(50, 100);
      expect(bucket.snapshot(75).available).toBe(-0.25);
      expect(bucket.snapshot(100).available).toBe(-1);
      expect(bucket.reserve(150, 0)).toBe(-150);
      expect(bucket.snapshot(150).available).toBe(-0.5);
    });

    it('is not given back once it has come', () => {
      const bucket = usedUp({ limit: 10, interval: 1000, burst: 1 });
      bucket.reserve(0, 1000);
      bucket.cancel(100, 100);
      expect(bucket.snapshot(100).available).toBe(0);
      bucket.cancel(200, 100);
      expect(bucket.snapshot(200).available).toBe(1);
      expect([bucket.reserve(200, 0), bucket.reserve(200, 0)]).toEqual([0, -100]);
    });

    it.each([100, 101])('is not given out twice when the clock steps back from %d, after it has come', (late) => {
      const bucket = usedUp({ limit: 10, interval: 1000, burst: 1 });
      bucket.reserve(0, 1000);
      bucket.cancel(late, 100);
      expect(bucket.reserve(50, 1000)).toBe(150);
    });
  });

  describe('over a long time', () => {
    it('does not drift: a third of a second is a third after a million calls', () => {
      const bucket = usedUp({ limit: 3, interval: 1000, burst: 1 });
      let wait = 0;
      for (let call = 0; call < 1_000_000; call++) wait = bucket.reserve(0, Infinity);
      expect(wait).toBe((1_000_000 * 1000) / 3);
    });

    it('keeps its rate after years without a pause', () => {
      const bucket = new TokenBucket({ limit: 1000, interval: 1000, burst: 5 });
      let admitted = 0;
      const years = 3e11;
      for (let call = 0; call < 5; call++) bucket.reserve(0, 0);
      // Ten years of calls, reserved in one go.
      (bucket as unknown as { taken: number }).taken = years;
      for (let now = years; now < years + 1000; now += 0.5) if (bucket.reserve(now, 0) === 0) admitted += 1;
      expect(admitted).toBe(1000 + 4);
    });

    it.each([0, 1e6 + 1 / 3, 2 ** 40 + 0.1, 2 ** 53, 1e300])('keeps its burst when the clock is at %d', (now) => {
      const bucket = usedUp({ limit: 1_000_000, interval: 1000, burst: 3 }, now);
      expect(bucket.reserve(now, 0)).toBeLessThan(0);
      expect(bucket.reserve(now, 0)).toBeLessThan(0);
    });

    it('admits who comes back after the delay it was told, whatever rounding makes of the time', () => {
      let origin = 0.1;
      for (let round = 0; round < 2000; round++) {
        origin = (origin * 1.37 + 0.01) % 1e9;
        const bucket = usedUp({ limit: 1 + (round % 97), interval: 1000 / 7, burst: 1 + (round % 3) }, origin);
        const later = origin + (round % 11) / 13;
        const delay = -bucket.reserve(later, 0);
        if (delay < 0) continue;
        expect(bucket.reserve(later + delay, 0)).toBe(0);
      }
    });

    it('tells so also of a delay that dwarfs the clock', () => {
      for (let round = 1; round < 2000; round++) {
        const origin = round / 7;
        const bucket = usedUp({ limit: 3, interval: 1e12 + round, burst: 1 }, origin);
        const later = origin + round / 13;
        const delay = -bucket.reserve(later, 0);
        expect(bucket.reserve(later + delay, 0)).toBe(0);
      }
    });

    it('waits no shorter when the clock steps back', () => {
      const bucket = usedUp(SETTINGS, 1000);
      expect(bucket.reserve(900, 0)).toBe(-200);
      expect(bucket.reserve(1100, 0)).toBe(0);
    });
  });

  describe('reconfigured', () => {
    it('is as it was when nothing changed', () => {
      const bucket = usedUp();
      bucket.reserve(0, 1000);
      bucket.reserve(0, 1000);
      bucket.cancel(10, 100);
      bucket.reconfigure(SETTINGS, 40);
      expect(bucket.snapshot(40).available).toBeCloseTo(-0.6, 9);
      expect(bucket.reserve(40, 1000)).toBe(60);
      expect(bucket.reserve(40, 1000)).toBeCloseTo(260, 9);
    });

    it('uses the new rate from now on', () => {
      const bucket = usedUp();
      bucket.reconfigure({ ...SETTINGS, limit: 100 }, 50);
      expect(bucket.snapshot(50).available).toBe(0.5);
      expect(bucket.reserve(50, 0)).toBe(-5);
      expect(bucket.reserve(55, 0)).toBe(0);
      bucket.reconfigure({ limit: 1, interval: 500, burst: 3 }, 55);
      expect(bucket.reserve(55, 0)).toBe(-500);
    });

    it('keeps what is available, up to the new burst', () => {
      const bucket = new TokenBucket(SETTINGS);
      bucket.reserve(0, 0);
      bucket.reconfigure({ ...SETTINGS, burst: 10 }, 0);
      expect(bucket.snapshot(0).available).toBe(2);
      expect(bucket.snapshot(10_000).available).toBe(10);
      bucket.reconfigure({ ...SETTINGS, burst: 1 }, 10_000);
      expect([bucket.reserve(10_000, 0), bucket.reserve(10_000, 0)]).toEqual([0, -100]);
    });

    it('does not credit idle time to a bigger burst', () => {
      const bucket = new TokenBucket(SETTINGS);
      bucket.reserve(0, 0);
      bucket.reconfigure({ ...SETTINGS, burst: 10 }, 1e6);
      expect(bucket.snapshot(1e6).available).toBe(3);
    });

    it('honours the turns that were given out before', () => {
      const bucket = usedUp();
      expect(bucket.reserve(0, 1000)).toBe(100);
      bucket.reconfigure({ ...SETTINGS, limit: 1 }, 0);
      expect(bucket.snapshot(0).available).toBe(-1);
      expect(bucket.reserve(0, 0)).toBe(-2000);
    });

    it('prefers a turn of its own to a later one that was given back', () => {
      const bucket = usedUp();
      for (let waiting = 0; waiting < 5; waiting++) bucket.reserve(0, 1000);
      bucket.reconfigure({ ...SETTINGS, limit: 1000 }, 0);
      bucket.cancel(0, 500);
      expect(bucket.reserve(0, 1000)).toBe(6);
    });
  });

  describe('what peers get wrong', () => {
    it('lets no more through when many callers ask in the same moment (nestjs-resilience reads, then writes)', async () => {
      const bucket = new TokenBucket({ limit: 5, interval: 1000, burst: 5 });
      const answers = await Promise.all(Array.from({ length: 50 }, async () => bucket.reserve(0, 0)));
      expect(answers.filter((answer) => answer === 0)).toHaveLength(5);
    });

    it('lets no double burst through where two fixed windows meet', () => {
      const bucket = new TokenBucket({ limit: 5, interval: 1000, burst: 5 });
      const admitted = [999, 1000].map((now) => {
        let calls = 0;
        while (bucket.reserve(now, 0) === 0) calls += 1;
        return calls;
      });
      expect(admitted).toEqual([5, 0]);
    });
  });
});
