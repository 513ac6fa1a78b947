import { RetryBudget } from './retry-budget.js';

const NO_MINIMUM = { ratio: 0.2, minPerSecond: 0, window: 10_000 };
const FINAGLE = { ratio: 0.2, minPerSecond: 10, window: 10_000 };

/** How many retries it allows at once. */
function spend(budget: RetryBudget, now: number): number {
  let retries = 0;
  while (budget.tryWithdraw(now)) retries += 1;
  return retries;
}

function deposit(budget: RetryBudget, now: number, times: number): void {
  for (let call = 0; call < times; call++) budget.deposit(now);
}

describe('RetryBudget', () => {
  it('lets a brand-new process retry at the minimum rate', () => {
    const budget = new RetryBudget(FINAGLE);
    expect(budget.snapshot(0)).toEqual({ available: 100 });
    expect(spend(budget, 0)).toBe(100);
    expect(budget.snapshot(0)).toEqual({ available: 0 });
  });

  it('grants a retry for every five first attempts', () => {
    const budget = new RetryBudget(NO_MINIMUM);
    deposit(budget, 0, 4);
    expect(budget.tryWithdraw(0)).toBe(false);
    deposit(budget, 0, 1);
    expect(budget.snapshot(0)).toEqual({ available: 1 });
    expect(budget.tryWithdraw(0)).toBe(true);
    expect(budget.tryWithdraw(0)).toBe(false);
  });

  it('adds share and minimum', () => {
    const budget = new RetryBudget(FINAGLE);
    deposit(budget, 0, 50);
    expect(spend(budget, 0)).toBe(110);
  });

  it('loses no retry to rounding', () => {
    const budget = new RetryBudget({ ratio: 0.29, minPerSecond: 0, window: 10_000 });
    deposit(budget, 0, 100);
    expect(budget.snapshot(0)).toEqual({ available: 29 });
    expect(spend(budget, 0)).toBe(29);
  });

  it('forgets first attempts after the window, bucket by bucket', () => {
    const budget = new RetryBudget(NO_MINIMUM);
    deposit(budget, 500, 10);
    deposit(budget, 1500, 5);
    expect(budget.snapshot(9999)).toEqual({ available: 3 });
    expect(budget.snapshot(10_000)).toEqual({ available: 1 });
    expect(budget.snapshot(10_999)).toEqual({ available: 1 });
    expect(budget.snapshot(11_000)).toEqual({ available: 0 });
  });

  it('forgets retries after the window', () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 1, window: 10_000 });
    expect(spend(budget, 4000)).toBe(10);
    expect(budget.tryWithdraw(13_999)).toBe(false);
    expect(spend(budget, 14_000)).toBe(10);
  });

  it('forgets all of it over idle time, however long', () => {
    for (const idle of [10_000, 15_000, 3_600_000, 1e15, 2 ** 60]) {
      const budget = new RetryBudget(NO_MINIMUM);
      for (let now = 0; now < 10_000; now += 100) deposit(budget, now, 10);
      expect(budget.snapshot(9999)).toEqual({ available: 200 });
      expect(budget.snapshot(9999 + idle)).toEqual({ available: 0 });
    }
  });

  it('keeps nothing of the past in buckets that come round again', () => {
    const budget = new RetryBudget(NO_MINIMUM);
    deposit(budget, 0, 50);
    deposit(budget, 10_500, 5);
    expect(spend(budget, 10_500)).toBe(1);
    deposit(budget, 20_500, 5);
    expect(spend(budget, 20_500)).toBe(1);
  });

  it('skips the buckets between two calls', () => {
    const budget = new RetryBudget(NO_MINIMUM);
    deposit(budget, 0, 5);
    deposit(budget, 3000, 5);
    deposit(budget, 12_000, 5);
    expect(budget.snapshot(12_000)).toEqual({ available: 2 });
    expect(budget.snapshot(13_000)).toEqual({ available: 1 });
  });

  it('takes a clock that steps back for the present', () => {
    const budget = new RetryBudget(NO_MINIMUM);
    deposit(budget, 50_000, 5);
    deposit(budget, 49_000, 5);
    expect(budget.snapshot(45_000)).toEqual({ available: 2 });
    expect(budget.snapshot(59_999)).toEqual({ available: 2 });
    expect(budget.snapshot(60_000)).toEqual({ available: 0 });
  });

  it('counts time before the clock’s origin', () => {
    const budget = new RetryBudget(NO_MINIMUM);
    deposit(budget, -9500, 5);
    expect(budget.snapshot(-1)).toEqual({ available: 1 });
    expect(budget.snapshot(0)).toEqual({ available: 0 });
  });

  it('shows no less than 0, while first attempts expire before the retries they paid for', () => {
    const budget = new RetryBudget(NO_MINIMUM);
    deposit(budget, 0, 50);
    expect(spend(budget, 9000)).toBe(10);
    expect(budget.snapshot(10_000)).toEqual({ available: 0 });
    deposit(budget, 10_000, 50);
    expect(budget.tryWithdraw(10_000)).toBe(false);
    deposit(budget, 10_000, 5);
    expect(spend(budget, 10_000)).toBe(1);
  });

  describe('reconfigured', () => {
    it('keeps what was counted', () => {
      const budget = new RetryBudget(NO_MINIMUM);
      deposit(budget, 0, 50);
      expect(budget.tryWithdraw(0)).toBe(true);
      budget.reconfigure({ ...NO_MINIMUM, ratio: 0.5, minPerSecond: 1 });
      expect(budget.snapshot(0)).toEqual({ available: 34 });
    });

    it('starts anew with another window', () => {
      const budget = new RetryBudget(FINAGLE);
      spend(budget, 0);
      budget.reconfigure({ ...FINAGLE, window: 5000 });
      expect(budget.snapshot(0)).toEqual({ available: 50 });
      deposit(budget, 100, 5);
      expect(budget.snapshot(4999)).toEqual({ available: 51 });
      expect(budget.snapshot(5000)).toEqual({ available: 50 });
    });
  });

  describe('what peers get wrong', () => {
    it('does not multiply an outage: retries stay a fifth of the calls, once the minimum is used up', () => {
      const budget = new RetryBudget(FINAGLE);
      let retries = 0;
      // Every call fails and wants two retries, a hundred a second for a minute.
      for (let call = 0; call < 6000; call++) {
        const now = call * 10;
        budget.deposit(now);
        for (let retry = 0; retry < 2; retry++) if (budget.tryWithdraw(now)) retries += 1;
      }
      // 20 % of 6,000 and 10 a second; the reserve of the first window comes on top.
      expect(retries).toBeGreaterThanOrEqual(1200 + 600);
      expect(retries).toBeLessThanOrEqual(1200 + 600 + 100 + 200);
    });

    it('holds nothing of an hour ago (cockatiel’s sampling window did)', () => {
      const budget = new RetryBudget(NO_MINIMUM);
      for (let now = 0; now < 10_000; now += 10) budget.deposit(now);
      expect(budget.tryWithdraw(3_600_000)).toBe(false);
    });
  });
});
