import { FaultList } from '../../kernel/index.js';
import { checkBulkheadOptions } from './check-bulkhead-options.js';
import { checkHedgeOptions } from './check-hedge-options.js';
import { checkRateLimitOptions } from './check-rate-limit-options.js';
import { checkRetryOptions } from './check-retry-options.js';
import { checkTimeoutOptions } from './check-timeout-options.js';

type Check = (faults: FaultList, path: string, value: unknown) => void;

function faultsOf(check: Check, value: unknown, path = 'p'): readonly string[] {
  const list = new FaultList('Options');
  check(list, path, value);
  return list.faults;
}

/** What is faulted otherwise than once, at `key`, for what was expected there. */
function unexpected(
  check: Check,
  key: string,
  values: readonly unknown[],
  expected: string,
  rest: object = {},
): unknown[] {
  return values
    .map((value) => faultsOf(check, { ...rest, [key]: value }))
    .filter(([fault, ...others]) => others.length > 0 || !fault?.startsWith(`p.${key}: expected ${expected}, got `));
}

const allFaults = (check: Check, values: readonly unknown[]): readonly string[] =>
  values.flatMap((value) => faultsOf(check, value));

const NOT_WHOLE_ABOVE_0 = [0, -1, 1.5, Number.NaN, Infinity, '3', null];
const NOT_DURATIONS = [-1, Number.NaN, Infinity, '3', null];
const NOT_ABOVE_0 = [0, ...NOT_DURATIONS];

describe.each<[string, Check, readonly unknown[]]>([
  ['checkRetryOptions', checkRetryOptions, [5, undefined, null, [], 'retry', true]],
  ['checkBulkheadOptions', checkBulkheadOptions, [undefined, null, [], 'bulkhead', true]],
  ['checkRateLimitOptions', checkRateLimitOptions, [5, undefined, null, []]],
  ['checkTimeoutOptions', checkTimeoutOptions, [undefined, null, [], '5']],
  ['checkHedgeOptions', checkHedgeOptions, [5, undefined, null, []]],
])('%s', (_, check, wrong) => {
  it('wants options, and names what came instead', () => {
    for (const value of wrong) {
      expect(faultsOf(check, value)).toHaveLength(1);
      expect(faultsOf(check, value)[0]).toMatch(/^p: expected (an object of options|a number of calls|milliseconds)/);
    }
  });

  it('lists unknown options, and the known ones', () => {
    const [fault, ...rest] = faultsOf(check, { limit: 1, total: 5, atempts: 3 }).filter((each) =>
      each.includes('atempts'),
    );
    expect(fault).toMatch(/^p\.atempts: unknown option; known are \w+, \w+/);
    expect(rest).toEqual([]);
  });

  it('needs no path', () => {
    const faults = faultsOf(check, { limit: -1, attempt: -1, maxAttempts: -1, maxConcurrent: -1 }, '');
    expect(faults.some((fault) => /^(limit|attempt|maxAttempts|maxConcurrent): expected/.test(fault))).toBe(true);
  });
});

describe('checkRetryOptions', () => {
  it('refuses to run again, because of its result, what may run only once', () => {
    const faults = allFaults(checkRetryOptions, [{ idempotent: false, retryIfResult: () => true }]);
    expect(faults).toEqual([expect.stringContaining('retryIfResult: cannot be with idempotent: false')]);
  });

  it('finds nothing wrong with right options', () => {
    expect(
      allFaults(checkRetryOptions, [
        {},
        {
          maxAttempts: 1,
          initialDelay: 0,
          maxDelay: 0,
          backoff: 'linear',
          jitter: 'none',
          budget: false,
          totalTimeout: 0.5,
          retryIf: () => true,
          retryIfResult: () => false,
        },
        { idempotent: false },
        { backoff: 'constant', jitter: 'full', budget: { ratio: 0, minPerSecond: 0, window: 1 } },
        { backoff: 'exponential', jitter: 'equal', budget: {} },
        { backoff: 'decorrelated', initialDelay: 10_000, budget: undefined },
        { maxDelay: 5 },
        { initialDelay: 60_000, maxDelay: 60_000 },
      ]),
    ).toEqual([]);
  });

  it('finds each fault', () => {
    expect(unexpected(checkRetryOptions, 'maxAttempts', NOT_WHOLE_ABOVE_0, 'a whole number above 0')).toEqual([]);
    expect(unexpected(checkRetryOptions, 'initialDelay', NOT_DURATIONS, 'milliseconds, 0 or more')).toEqual([]);
    expect(unexpected(checkRetryOptions, 'maxDelay', NOT_DURATIONS, 'milliseconds, 0 or more')).toEqual([]);
    expect(
      unexpected(
        checkRetryOptions,
        'backoff',
        ['fast', 1, null],
        'one of "constant", "linear", "exponential", "decorrelated"',
      ),
    ).toEqual([]);
    expect(unexpected(checkRetryOptions, 'jitter', [true, 'some'], 'one of "full", "equal", "none"')).toEqual([]);
    expect(unexpected(checkRetryOptions, 'idempotent', ['yes', 1, null], 'true or false')).toEqual([]);
    expect(unexpected(checkRetryOptions, 'budget', [true, 5, null, []], 'an object of options, or false')).toEqual([]);
    expect(unexpected(checkRetryOptions, 'totalTimeout', NOT_ABOVE_0, 'milliseconds above 0')).toEqual([]);
    expect(unexpected(checkRetryOptions, 'retryIf', [true, {}, null], 'a function')).toEqual([]);
    expect(unexpected(checkRetryOptions, 'retryIfResult', [true, {}, null], 'a function')).toEqual([]);
  });

  it('finds the faults of a budget', () => {
    const budget = { ratio: -0.1, minPerSecond: Infinity, window: 0, size: 5 };
    expect(faultsOf(checkRetryOptions, { budget })).toEqual([
      'p.budget.size: unknown option; known are ratio, minPerSecond, window',
      'p.budget.ratio: expected a number, 0 or more, got -0.1',
      'p.budget.minPerSecond: expected a number, 0 or more, got Infinity',
      'p.budget.window: expected milliseconds above 0, got 0',
    ]);
    expect(faultsOf(checkRetryOptions, { budget }, '')[1]).toMatch(/^budget\.ratio:/);
  });

  it('does not cut a first wait short that was asked for', () => {
    expect(faultsOf(checkRetryOptions, { initialDelay: 101, maxDelay: 100 })).toEqual([
      'p.initialDelay: expected at most maxDelay, which is 100, got 101',
    ]);
    expect(faultsOf(checkRetryOptions, { initialDelay: 10_001 })).toEqual([
      'p.initialDelay: expected at most maxDelay, which is 10000, got 10001',
    ]);
    expect(faultsOf(checkRetryOptions, { initialDelay: 5, maxDelay: '1' })).toHaveLength(1);
  });

  it('lists every fault at once', () => {
    expect(faultsOf(checkRetryOptions, { maxAttempts: 0, jitter: 1, retryIf: 5, wait: 3 })).toHaveLength(4);
  });
});

describe('checkBulkheadOptions', () => {
  it('finds nothing wrong with right options', () => {
    expect(
      allFaults(checkBulkheadOptions, [
        1,
        {},
        { maxConcurrent: 1, maxQueue: 0, queueTimeout: 0, adaptive: false },
        { maxConcurrent: 200, maxQueue: 5, adaptive: true },
        { adaptive: {} },
        { adaptive: { minLimit: 50 } },
        { maxConcurrent: 300, adaptive: false },
        { maxConcurrent: 5, adaptive: { minLimit: 5, maxLimit: 5, tolerance: 1, smoothing: 1 } },
        { maxConcurrent: 1, adaptive: { smoothing: 0.001 } },
      ]),
    ).toEqual([]);
  });

  it('finds each fault', () => {
    for (const value of [0, -1, 1.5, Number.NaN]) {
      expect(faultsOf(checkBulkheadOptions, value)).toEqual([`p: expected a whole number above 0, got ${value}`]);
    }
    expect(unexpected(checkBulkheadOptions, 'maxConcurrent', NOT_WHOLE_ABOVE_0, 'a whole number above 0')).toEqual([]);
    expect(
      unexpected(
        checkBulkheadOptions,
        'maxQueue',
        [-1, 0.5, Infinity, 2 ** 53, '1', null],
        'a whole number, 0 or more',
      ),
    ).toEqual([]);
    expect(unexpected(checkBulkheadOptions, 'queueTimeout', NOT_DURATIONS, 'milliseconds, 0 or more')).toEqual([]);
    expect(
      unexpected(checkBulkheadOptions, 'adaptive', ['yes', 1, null, []], 'true, false or an object of options'),
    ).toEqual([]);
  });

  it('finds the faults of an adaptive limit', () => {
    const adaptive = { minLimit: 0, maxLimit: 1.5, tolerance: 0.9, smoothing: 0, window: 5 };
    expect(faultsOf(checkBulkheadOptions, { adaptive })).toEqual([
      'p.adaptive.window: unknown option; known are minLimit, maxLimit, tolerance, smoothing',
      'p.adaptive.minLimit: expected a whole number above 0, got 0',
      'p.adaptive.maxLimit: expected a whole number above 0, got 1.5',
      'p.adaptive.tolerance: expected a number, 1 or more, got 0.9',
      'p.adaptive.smoothing: expected a number above 0 and at most 1, got 0',
    ]);
    expect(faultsOf(checkBulkheadOptions, { adaptive: { smoothing: 1.01 } })).toHaveLength(1);
    expect(
      faultsOf(checkBulkheadOptions, { maxConcurrent: 5, adaptive: { minLimit: 'a', maxLimit: 'b' } }),
    ).toHaveLength(2);
  });

  it('wants the bounds of an adaptive limit the right way round', () => {
    expect(faultsOf(checkBulkheadOptions, { maxConcurrent: 7, adaptive: { minLimit: 9, maxLimit: 8 } })).toEqual([
      'p.adaptive.minLimit: expected at most maxLimit, which is 8, got 9',
    ]);
    expect(faultsOf(checkBulkheadOptions, { adaptive: { minLimit: 201 } })).toEqual([
      'p.adaptive.minLimit: expected at most maxLimit, which is 200, got 201',
    ]);
  });

  it('wants a start within the bounds', () => {
    const fault = (low: number, high: number, came: number) =>
      `p.maxConcurrent: expected from ${low} to ${high}, the bounds of the adaptive limit, got ${came}`;
    expect(faultsOf(checkBulkheadOptions, { maxConcurrent: 201, adaptive: true })).toEqual([fault(1, 200, 201)]);
    expect(faultsOf(checkBulkheadOptions, { maxConcurrent: 4, adaptive: { minLimit: 5 } })).toEqual([fault(5, 200, 4)]);
    expect(faultsOf(checkBulkheadOptions, { maxConcurrent: 6, adaptive: { maxLimit: 5 } })).toEqual([fault(1, 5, 6)]);
  });
});

describe('checkRateLimitOptions', () => {
  it('finds nothing wrong with right options', () => {
    expect(
      allFaults(checkRateLimitOptions, [{ limit: 1 }, { limit: 100, interval: 0.5, burst: 1, maxWait: 0 }]),
    ).toEqual([]);
  });

  it('finds each fault', () => {
    expect(faultsOf(checkRateLimitOptions, {})).toEqual(['p.limit: expected a whole number above 0, got undefined']);
    expect(unexpected(checkRateLimitOptions, 'limit', NOT_WHOLE_ABOVE_0, 'a whole number above 0')).toEqual([]);
    expect(unexpected(checkRateLimitOptions, 'interval', NOT_ABOVE_0, 'milliseconds above 0', { limit: 1 })).toEqual(
      [],
    );
    expect(
      unexpected(checkRateLimitOptions, 'burst', NOT_WHOLE_ABOVE_0, 'a whole number above 0', { limit: 1 }),
    ).toEqual([]);
    expect(
      unexpected(checkRateLimitOptions, 'maxWait', NOT_DURATIONS, 'milliseconds, 0 or more', { limit: 1 }),
    ).toEqual([]);
  });
});

describe('checkTimeoutOptions', () => {
  it('finds nothing wrong with right options', () => {
    expect(allFaults(checkTimeoutOptions, [1, 0.5, { attempt: 1 }, { total: 1 }, { attempt: 5, total: 5 }])).toEqual(
      [],
    );
  });

  it('finds each fault', () => {
    for (const value of [0, -1, Number.NaN, Infinity]) {
      expect(faultsOf(checkTimeoutOptions, value)).toEqual([`p: expected milliseconds above 0, got ${value}`]);
    }
    expect(faultsOf(checkTimeoutOptions, {})).toEqual(['p: expected attempt or total, or both, got an object']);
    expect(unexpected(checkTimeoutOptions, 'attempt', NOT_ABOVE_0, 'milliseconds above 0')).toEqual([]);
    expect(unexpected(checkTimeoutOptions, 'total', NOT_ABOVE_0, 'milliseconds above 0')).toEqual([]);
    expect(unexpected(checkTimeoutOptions, 'attempt', [6], 'at most total, which is 5', { total: 5 })).toEqual([]);
    expect(faultsOf(checkTimeoutOptions, { attempt: '9', total: 5 })).toHaveLength(1);
    expect(faultsOf(checkTimeoutOptions, { attempt: 9, total: '5' })).toHaveLength(1);
  });
});

describe('checkHedgeOptions', () => {
  it('finds nothing wrong with right options', () => {
    expect(allFaults(checkHedgeOptions, [{}, { delay: 0, maxAttempts: 1 }])).toEqual([]);
  });

  it('finds each fault', () => {
    expect(unexpected(checkHedgeOptions, 'delay', NOT_DURATIONS, 'milliseconds, 0 or more')).toEqual([]);
    expect(unexpected(checkHedgeOptions, 'maxAttempts', NOT_WHOLE_ABOVE_0, 'a whole number above 0')).toEqual([]);
  });
});
