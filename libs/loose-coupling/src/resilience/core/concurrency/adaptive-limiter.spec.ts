import { AdaptiveLimiter, type AdaptiveLimiterSettings } from './adaptive-limiter.js';
import type { Waiter } from './concurrency-limiter.port.js';

const SETTINGS: AdaptiveLimiterSettings = {
  initialLimit: 10,
  maxQueue: 2,
  minLimit: 1,
  maxLimit: 200,
  tolerance: 1.5,
  smoothing: 1,
};

function waiter(name: string, granted: string[]): Waiter {
  return { grant: () => granted.push(name), previous: undefined, next: undefined, queued: false };
}

function fill(limiter: AdaptiveLimiter): number {
  let taken = 0;
  while (limiter.tryAcquire()) taken += 1;
  return taken;
}

/** Ten calls end at `now`, each after `latency`; ten others take their place. */
function window(limiter: AdaptiveLimiter, now: number, latency: number, outcome: 'success' | 'failure' = 'success') {
  for (const at of [now - 100, now, now, now, now, now, now, now, now, now]) {
    limiter.release(outcome, at, at - latency);
    limiter.tryAcquire();
  }
}

describe('AdaptiveLimiter', () => {
  it('admits up to where its limit starts, and wants times', () => {
    const limiter = new AdaptiveLimiter(SETTINGS);
    expect(fill(limiter)).toBe(10);
    expect(limiter.usesTime).toBe(true);
    expect(limiter.snapshot()).toEqual({ limit: 10, active: 10, queued: 0, totals: { admitted: 10, refused: 0 } });
  });

  it('raises the limit by the headroom when it is used and answers come as usual', () => {
    const limiter = new AdaptiveLimiter({ ...SETTINGS, initialLimit: 25 });
    fill(limiter);
    window(limiter, 1000, 50);
    expect(limiter.snapshot()).toMatchObject({ limit: 29, active: 25 });
  });

  it('lowers it when answers get slow, and lets what runs finish', () => {
    const limiter = new AdaptiveLimiter({ ...SETTINGS, initialLimit: 25 });
    fill(limiter);
    window(limiter, 1000, 50);
    fill(limiter);
    window(limiter, 2000, 5000);
    // 2525 is usual then: the mean of the two windows; 29 · 1.5 · 2525 / 5000 + 4
    expect(limiter.snapshot()).toMatchObject({ limit: 25, active: 28 });
    expect(limiter.tryAcquire()).toBe(false);
  });

  it('lowers it when calls fail, however fast', () => {
    const limiter = new AdaptiveLimiter({ ...SETTINGS, initialLimit: 40 });
    fill(limiter);
    window(limiter, 1000, 1, 'failure');
    expect(limiter.snapshot().limit).toBe(20);
  });

  it('learns nothing from a call that counts neither way', () => {
    const limiter = new AdaptiveLimiter(SETTINGS);
    fill(limiter);
    for (let call = 0; call < 50; call++) {
      limiter.release('ignored', call * 100, 0);
      limiter.tryAcquire();
    }
    expect(limiter.snapshot()).toMatchObject({ limit: 10, active: 10 });
  });

  it.each([
    ['runs backwards', 1000, 1001],
    ['is not a number', Number.NaN, 0],
    ['is infinite', Infinity, 0],
  ])('learns nothing from a time that %s', (_, now, startedAt) => {
    const limiter = new AdaptiveLimiter(SETTINGS);
    fill(limiter);
    limiter.release('success', now, startedAt);
    expect(limiter.snapshot().active).toBe(9);
    limiter.tryAcquire();
    // Nine samples more do not make a window of ten.
    for (let sample = 0; sample < 9; sample++) {
      limiter.release('success', sample * 100, sample * 100);
      limiter.tryAcquire();
    }
    expect(limiter.snapshot()).toMatchObject({ limit: 10, active: 10 });
    limiter.release('success', 5000, 5000);
    expect(limiter.snapshot().limit).toBe(13);
  });

  it('takes a call that took no time for a call', () => {
    const limiter = new AdaptiveLimiter({ ...SETTINGS, initialLimit: 25 });
    fill(limiter);
    window(limiter, 1000, 0);
    expect(limiter.snapshot().limit).toBe(29);
  });

  it('starts a new window after each change', () => {
    const limiter = new AdaptiveLimiter({ ...SETTINGS, initialLimit: 25 });
    fill(limiter);
    window(limiter, 1000, 50);
    limiter.release('success', 1200, 1150);
    expect(limiter.snapshot().limit).toBe(29);
  });

  it('learns nothing from, and keeps its limit when, a permit is given back that nobody held', () => {
    const limiter = new AdaptiveLimiter({ ...SETTINGS, initialLimit: 1 });
    for (let call = 0; call < 20; call++) limiter.release('success', call * 100, call * 100);
    expect(limiter.snapshot()).toMatchObject({ limit: 1, active: 0 });
    limiter.tryAcquire();
    limiter.release('success', 3000, 3000);
    expect(limiter.snapshot()).toMatchObject({ limit: 1, active: 0 });
  });

  it('does not take the time of such a permit for the usual latency', () => {
    const limiter = new AdaptiveLimiter({ ...SETTINGS, initialLimit: 25 });
    for (let call = 0; call < 20; call++) limiter.release('success', call * 100, call * 100);
    fill(limiter);
    window(limiter, 10_000, 50);
    expect(limiter.snapshot().limit).toBe(29);
  });

  it('queues, refuses and removes as a bulkhead does', () => {
    const granted: string[] = [];
    const limiter = new AdaptiveLimiter({ ...SETTINGS, initialLimit: 1 });
    fill(limiter);
    const [a, b, c] = [waiter('a', granted), waiter('b', granted), waiter('c', granted)];
    expect([limiter.enqueue(a), limiter.enqueue(b), limiter.enqueue(c)]).toEqual([true, true, false]);
    expect([limiter.remove(a), limiter.remove(a)]).toEqual([true, false]);
    limiter.release('ignored', 0, 0);
    expect(granted).toEqual(['b']);
    expect(limiter.snapshot()).toEqual({ limit: 1, active: 1, queued: 0, totals: { admitted: 2, refused: 1 } });
  });

  it('admits waiters when the limit rises', () => {
    const granted: string[] = [];
    const limiter = new AdaptiveLimiter({ ...SETTINGS, initialLimit: 9, maxQueue: 20 });
    fill(limiter);
    for (let index = 0; index < 20; index++) limiter.enqueue(waiter(String(index), granted));
    window(limiter, 1000, 50);
    // Ten have ended, and the limit rose by three.
    expect(limiter.snapshot()).toMatchObject({ limit: 12, active: 12, queued: 7 });
    expect(granted).toEqual(Array.from({ length: 13 }, (_, index) => String(index)));
  });

  it('keeps what it found when reconfigured, within the new bounds', () => {
    const granted: string[] = [];
    const limiter = new AdaptiveLimiter({ ...SETTINGS, initialLimit: 25 });
    fill(limiter);
    window(limiter, 1000, 50);
    limiter.reconfigure({ ...SETTINGS, initialLimit: 1 });
    expect(limiter.snapshot().limit).toBe(29);
    limiter.reconfigure({ ...SETTINGS, maxLimit: 20, maxQueue: 1 });
    expect(limiter.snapshot().limit).toBe(20);
    expect([limiter.enqueue(waiter('a', granted)), limiter.enqueue(waiter('b', granted))]).toEqual([true, false]);
    limiter.reconfigure({ ...SETTINGS, minLimit: 30 });
    expect(granted).toEqual(['a']);
    window(limiter, 2000, 50);
    expect(limiter.snapshot().limit).toBe(34);
  });

  it('keeps the queue it was reconfigured to when the limit moves', () => {
    const limiter = new AdaptiveLimiter(SETTINGS);
    limiter.reconfigure({ ...SETTINGS, maxQueue: 0 });
    fill(limiter);
    window(limiter, 1000, 50);
    fill(limiter);
    expect(limiter.enqueue(waiter('a', []))).toBe(false);
  });

  describe('before a dependency that answers in 50 ms as long as it has at most 20 calls', () => {
    /** Callers always want more; the dependency shares itself out among what it has. The limits it had, every second. */
    function simulate(limiter: AdaptiveLimiter, seconds: number, capacity: (second: number) => number): number[] {
      const running: { readonly startedAt: number; readonly endsAt: number }[] = [];
      const limits: number[] = [];
      for (let now = 0; now < seconds * 1000; now += 5) {
        for (let index = running.length - 1; index >= 0; index--) {
          const call = running[index]!;
          if (call.endsAt > now) continue;
          running.splice(index, 1);
          limiter.release('success', now, call.startedAt);
        }
        while (limiter.tryAcquire()) {
          const load = Math.max(1, (running.length + 1) / capacity(now / 1000));
          running.push({ startedAt: now, endsAt: now + 50 * load });
        }
        if (now % 1000 === 0) limits.push(limiter.snapshot().limit);
      }
      return limits;
    }

    it('finds a limit near what it takes', () => {
      const limits = simulate(new AdaptiveLimiter({ ...SETTINGS, smoothing: 0.2 }), 20, () => 20);
      for (const limit of limits.slice(10)) {
        expect(limit).toBeGreaterThanOrEqual(20);
        expect(limit).toBeLessThan(45);
      }
    });

    it('sheds calls while it takes fewer, and comes back', () => {
      const limiter = new AdaptiveLimiter({ ...SETTINGS, smoothing: 0.2 });
      const limits = simulate(limiter, 60, (second) => (second >= 20 && second < 25 ? 4 : 20));
      expect(Math.min(...limits.slice(20, 26))).toBeLessThanOrEqual(limits[19]! / 2);
      expect(limits[59]).toBeGreaterThanOrEqual(20);
      expect(limits[59]).toBeLessThan(50);
    });
  });
});
