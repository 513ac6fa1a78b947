import { FaultList } from '../../../kernel/index.js';
import {
  checkCircuitBreakerOptions,
  MAX_COUNT_WINDOW,
  resolveCircuitBreakerSettings,
} from './circuit-breaker.settings.js';

function faultsOf(options: unknown, path = 'circuitBreaker'): string[] {
  const faults = new FaultList('test');
  checkCircuitBreakerOptions(faults, path, options);
  return faults.faults;
}

describe('settings of a circuit breaker', () => {
  it('have these defaults', () => {
    const defaults = {
      slidingWindow: { type: 'count', size: 100 },
      failureRateThreshold: 50,
      slowCallRateThreshold: undefined,
      slowCallDuration: 60_000,
      minimumCalls: 20,
      consecutiveFailures: undefined,
      openDuration: 30_000,
      maxOpenDuration: 300_000,
      halfOpenCalls: 3,
      halfOpenMaxWait: 30_000,
    };
    expect(resolveCircuitBreakerSettings()).toStrictEqual(defaults);
    expect(resolveCircuitBreakerSettings({ minimumCalls: undefined })).toStrictEqual(defaults);
  });

  it('are what was given', () => {
    const given = {
      slidingWindow: { type: 'time', size: 10_000 },
      failureRateThreshold: 33.3,
      slowCallRateThreshold: 80,
      slowCallDuration: 500,
      minimumCalls: 20_000,
      consecutiveFailures: 5,
      openDuration: (timesOpened: number) => timesOpened * 1000,
      maxOpenDuration: 90_000,
      halfOpenCalls: 10,
      halfOpenMaxWait: 5000,
    } as const;
    expect(resolveCircuitBreakerSettings(given)).toStrictEqual(given);
    expect(faultsOf(given)).toEqual([]);
  });

  it('never ask for more calls than a count window holds', () => {
    const of = (minimumCalls: number | undefined, size: number): number =>
      resolveCircuitBreakerSettings({ slidingWindow: { type: 'count', size }, minimumCalls }).minimumCalls;
    expect(of(undefined, 5)).toBe(5);
    expect(of(7, 5)).toBe(5);
    expect(of(4, 5)).toBe(4);
  });
});

describe('options of a circuit breaker from outside', () => {
  it('may be empty, and every one may be undefined', () => {
    expect(faultsOf({})).toEqual([]);
    expect(
      faultsOf(Object.fromEntries(Object.keys(resolveCircuitBreakerSettings()).map((key) => [key, undefined]))),
    ).toEqual([]);
  });

  it.each([undefined, null, 5, 'open', []])('are an object, not %p', (options) => {
    expect(faultsOf(options)).toEqual([expect.stringMatching(/^circuitBreaker: expected an object of options, got /)]);
  });

  it('are all looked at, so that every fault is told at once', () => {
    const wrong = {
      slidingWindow: { type: 'count', size: 2.5 },
      failureRateThreshold: 101,
      slowCallRateThreshold: 0,
      slowCallDuration: 0,
      minimumCalls: 0,
      consecutiveFailures: 1.5,
      openDuration: -1,
      maxOpenDuration: Infinity,
      halfOpenCalls: '3',
      halfOpenMaxWait: Number.NaN,
      failureThreshold: 50,
    };
    expect(faultsOf(wrong)).toEqual([
      'circuitBreaker.failureThreshold: unknown option; known are slidingWindow, failureRateThreshold, ' +
        'slowCallRateThreshold, slowCallDuration, minimumCalls, consecutiveFailures, openDuration, maxOpenDuration, ' +
        'halfOpenCalls, halfOpenMaxWait',
      'circuitBreaker.slidingWindow.size: expected a whole number of calls from 1 to 1000000, got 2.5',
      'circuitBreaker.failureRateThreshold: expected percent, above 0 and up to 100, got 101',
      'circuitBreaker.slowCallRateThreshold: expected percent, above 0 and up to 100, got 0',
      'circuitBreaker.slowCallDuration: expected milliseconds, above 0, got 0',
      'circuitBreaker.minimumCalls: expected a whole number above 0, got 0',
      'circuitBreaker.consecutiveFailures: expected a whole number above 0, got 1.5',
      'circuitBreaker.openDuration: expected milliseconds, 0 or more, got -1',
      'circuitBreaker.maxOpenDuration: expected milliseconds, 0 or more, got Infinity',
      'circuitBreaker.halfOpenCalls: expected a whole number above 0, got "3"',
      'circuitBreaker.halfOpenMaxWait: expected milliseconds, above 0, got NaN',
    ]);
  });

  it('are named as the user wrote them, at the top too', () => {
    expect(faultsOf({ halfOpenCalls: 0 }, '')).toEqual(['halfOpenCalls: expected a whole number above 0, got 0']);
    expect(faultsOf({ slidingWindow: { type: 'time', size: 0 } }, '')[0]).toMatch(/^slidingWindow\.size: /);
  });

  it.each([0.1, 50, 100])('take %p percent', (percent) => {
    expect(faultsOf({ failureRateThreshold: percent, slowCallRateThreshold: percent })).toEqual([]);
  });

  it.each([0, -1, 100.1, Number.NaN, Infinity, '50', null])('take no %p for percent', (percent) => {
    expect(faultsOf({ failureRateThreshold: percent, slowCallRateThreshold: percent })).toHaveLength(2);
  });

  it.each([0, -1, Infinity, Number.NaN, '50', null])('take no %p for a time above 0', (ms) => {
    expect(faultsOf({ slowCallDuration: ms, halfOpenMaxWait: ms })).toHaveLength(2);
  });

  it('take an open duration of 0, and a function', () => {
    expect(faultsOf({ openDuration: 0, slowCallDuration: 0.5, halfOpenMaxWait: 1 })).toEqual([]);
    expect(faultsOf({ openDuration: () => 5 })).toEqual([]);
  });

  it.each([
    [{ type: 'count', size: 1 }],
    [{ type: 'count', size: MAX_COUNT_WINDOW }],
    [{ type: 'time', size: 0.5 }],
    [{ type: 'time', size: 10_000_000 }],
  ])('take the window %p', (slidingWindow) => {
    expect(faultsOf({ slidingWindow })).toEqual([]);
  });

  it.each([
    [{ type: 'count', size: 0 }, '.size: expected a whole number of calls'],
    [{ type: 'count', size: MAX_COUNT_WINDOW + 1 }, '.size: expected a whole number of calls'],
    [{ type: 'count' }, '.size: expected a whole number of calls'],
    [{ type: 'time', size: 0 }, '.size: expected milliseconds, above 0, got 0'],
    [{ type: 'time', size: -1 }, '.size: expected milliseconds, above 0, got -1'],
    [{ type: 'time', size: Infinity }, '.size: expected milliseconds, above 0'],
    [{ type: 'time', size: '10' }, '.size: expected milliseconds, above 0'],
    [{ type: 'calls', size: 10 }, '.type: expected "count" or "time", got "calls"'],
    [{ size: 10 }, '.type: expected "count" or "time", got undefined'],
    [{ type: 'count', size: 10, buckets: 5 }, '.buckets: unknown option; known are type, size'],
    [10, ": expected { type: 'count' | 'time', size }, got 10"],
    [null, ": expected { type: 'count' | 'time', size }, got null"],
  ])('take no window %p', (slidingWindow, fault) => {
    expect(faultsOf({ slidingWindow })).toEqual([expect.stringContaining(`circuitBreaker.slidingWindow${fault}`)]);
  });

  it('may not ask for more calls than the window holds', () => {
    const fault = (size: number): string =>
      `circuitBreaker.minimumCalls: expected at most the ${size} calls that the window holds, got ${size + 1}`;
    expect(faultsOf({ slidingWindow: { type: 'count', size: 10 }, minimumCalls: 11 })).toEqual([fault(10)]);
    expect(faultsOf({ minimumCalls: 101 })).toEqual([fault(100)]);
    expect(faultsOf({ slidingWindow: { type: 'count', size: 10 }, minimumCalls: 10 })).toEqual([]);
    expect(faultsOf({ minimumCalls: 100 })).toEqual([]);
    expect(faultsOf({ slidingWindow: { type: 'time', size: 10 }, minimumCalls: 11 })).toEqual([]);
    expect(faultsOf({ slidingWindow: { type: 'count', size: 10 }, minimumCalls: '11' })).toHaveLength(1);
    expect(faultsOf({ slidingWindow: { type: 'count', size: '10' }, minimumCalls: 11 })).toHaveLength(1);
  });
});
