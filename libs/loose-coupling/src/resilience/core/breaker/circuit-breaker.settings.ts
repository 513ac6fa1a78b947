import type { FaultList } from '../../../kernel/index.js';
import type { CircuitBreakerOptions, CircuitBreakerSettings } from '../../options/circuit-breaker.options.js';

export const DEFAULT_SLIDING_WINDOW = { type: 'count', size: 100 } as const;
export const DEFAULT_FAILURE_RATE_THRESHOLD = 50;
export const DEFAULT_SLOW_CALL_DURATION = 60_000;
export const DEFAULT_MINIMUM_CALLS = 20;
export const DEFAULT_OPEN_DURATION = 30_000;
export const DEFAULT_MAX_OPEN_DURATION = 300_000;
export const DEFAULT_HALF_OPEN_CALLS = 3;
export const DEFAULT_HALF_OPEN_MAX_WAIT = 30_000;
/** A bit is kept for each call: 125 kB. */
export const MAX_COUNT_WINDOW = 1_000_000;

/** Fills in the defaults. More calls than a count window holds would never be reached, so `minimumCalls` ends there. */
export function resolveCircuitBreakerSettings(options: CircuitBreakerOptions = {}): CircuitBreakerSettings {
  const slidingWindow = options.slidingWindow ?? DEFAULT_SLIDING_WINDOW;
  const minimumCalls = options.minimumCalls ?? DEFAULT_MINIMUM_CALLS;
  return {
    slidingWindow,
    failureRateThreshold: options.failureRateThreshold ?? DEFAULT_FAILURE_RATE_THRESHOLD,
    slowCallRateThreshold: options.slowCallRateThreshold,
    slowCallDuration: options.slowCallDuration ?? DEFAULT_SLOW_CALL_DURATION,
    minimumCalls: slidingWindow.type === 'count' ? Math.min(minimumCalls, slidingWindow.size) : minimumCalls,
    consecutiveFailures: options.consecutiveFailures,
    openDuration: options.openDuration ?? DEFAULT_OPEN_DURATION,
    maxOpenDuration: options.maxOpenDuration ?? DEFAULT_MAX_OPEN_DURATION,
    halfOpenCalls: options.halfOpenCalls ?? DEFAULT_HALF_OPEN_CALLS,
    halfOpenMaxWait: options.halfOpenMaxWait ?? DEFAULT_HALF_OPEN_MAX_WAIT,
  };
}

const KNOWN: readonly (keyof CircuitBreakerOptions)[] = [
  'slidingWindow',
  'failureRateThreshold',
  'slowCallRateThreshold',
  'slowCallDuration',
  'minimumCalls',
  'consecutiveFailures',
  'openDuration',
  'maxOpenDuration',
  'halfOpenCalls',
  'halfOpenMaxWait',
];

/** Adds what is wrong with options that came from outside; `path` is where the user wrote them. */
export function checkCircuitBreakerOptions(faults: FaultList, path: string, options: unknown): void {
  if (!isRecord(options)) return faults.add(path, 'an object of options', options);
  const at = (key: string): string => (path ? `${path}.${key}` : key);
  faults.unknownKeys(path, options, KNOWN);
  checkWindow(faults, at('slidingWindow'), options['slidingWindow']);
  percent(faults, at('failureRateThreshold'), options['failureRateThreshold']);
  percent(faults, at('slowCallRateThreshold'), options['slowCallRateThreshold']);
  positiveDuration(faults, at('slowCallDuration'), options['slowCallDuration']);
  faults.positiveInteger(at('minimumCalls'), options['minimumCalls']);
  checkReachable(faults, at('minimumCalls'), options);
  faults.positiveInteger(at('consecutiveFailures'), options['consecutiveFailures']);
  if (typeof options['openDuration'] !== 'function') faults.duration(at('openDuration'), options['openDuration']);
  faults.duration(at('maxOpenDuration'), options['maxOpenDuration']);
  faults.positiveInteger(at('halfOpenCalls'), options['halfOpenCalls']);
  positiveDuration(faults, at('halfOpenMaxWait'), options['halfOpenMaxWait']);
}

function checkWindow(faults: FaultList, path: string, window: unknown): void {
  if (window === undefined) return;
  if (!isRecord(window)) return faults.add(path, "{ type: 'count' | 'time', size }", window);
  const { type, size } = window;
  faults.unknownKeys(path, window, ['type', 'size']);
  if (type !== 'count' && type !== 'time') return faults.add(`${path}.type`, `"count" or "time"`, type);
  if (type === 'time') {
    if (!isDuration(size) || size === 0) faults.add(`${path}.size`, 'milliseconds, above 0', size);
  } else if (!(Number.isSafeInteger(size) && (size as number) > 0 && (size as number) <= MAX_COUNT_WINDOW)) {
    faults.add(`${path}.size`, `a whole number of calls from 1 to ${MAX_COUNT_WINDOW}`, size);
  }
}

function checkReachable(faults: FaultList, path: string, options: Record<string, unknown>): void {
  const { minimumCalls, slidingWindow } = options;
  const window = slidingWindow === undefined ? DEFAULT_SLIDING_WINDOW : slidingWindow;
  if (!isRecord(window) || window['type'] !== 'count') return;
  const size = window['size'];
  if (typeof minimumCalls === 'number' && typeof size === 'number' && minimumCalls > size) {
    faults.add(path, `at most the ${size} calls that the window holds`, minimumCalls);
  }
}

function percent(faults: FaultList, path: string, value: unknown): void {
  if (value !== undefined && !(typeof value === 'number' && value > 0 && value <= 100)) {
    faults.add(path, 'percent, above 0 and up to 100', value);
  }
}

function positiveDuration(faults: FaultList, path: string, value: unknown): void {
  if (value !== undefined && !(isDuration(value) && value > 0)) faults.add(path, 'milliseconds, above 0', value);
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
