import { openDurationOf } from './open-duration.js';
import { resolveCircuitBreakerSettings } from './circuit-breaker.settings.js';

const of = (openDuration: number | ((timesOpened: number) => number), timesOpened = 1): number =>
  openDurationOf(resolveCircuitBreakerSettings({ openDuration, maxOpenDuration: 60_000 }), timesOpened);

describe('how long a circuit stays open', () => {
  it('is a number as it is, whatever the upper end of a growing one', () => {
    expect(of(1234, 7)).toBe(1234);
    expect(of(70_000)).toBe(70_000);
  });

  it('is asked of a function, and ends at maxOpenDuration', () => {
    const doubling = (timesOpened: number): number => 10_000 * 2 ** (timesOpened - 1);
    expect([1, 2, 3, 4, 50].map((times) => of(doubling, times))).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(of(() => Infinity)).toBe(60_000);
    expect(of(() => 0)).toBe(0);
  });

  it.each([Number.NaN, -1, undefined, '5000', null])('is the default when the function answers %p', (answer) => {
    expect(of(() => answer as number)).toBe(30_000);
  });

  it('is the default when the function throws, within maxOpenDuration', () => {
    const broken = (): number => {
      throw new Error('no such tenant');
    };
    expect(of(broken)).toBe(30_000);
    expect(openDurationOf(resolveCircuitBreakerSettings({ openDuration: broken, maxOpenDuration: 500 }), 1)).toBe(500);
  });
});
