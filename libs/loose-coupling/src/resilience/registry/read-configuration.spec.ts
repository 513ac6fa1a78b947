import { FaultList } from '../../kernel/index.js';
import { readConfiguration, validateResilienceOptions } from './read-configuration.js';

function faultsOf(options: unknown): readonly string[] {
  const faults = new FaultList('options');
  validateResilienceOptions(options, faults);
  return faults.faults;
}

function read(options: unknown) {
  const faults = new FaultList('options');
  const configuration = readConfiguration(options, faults, '');
  expect(faults.faults).toEqual([]);
  return configuration;
}

describe('the configuration of policies', () => {
  it('takes what a base says, one level deep, and shorthands as what they are short for', () => {
    const { policies } = read({
      policies: {
        inventory: {
          base: 'http',
          timeout: { total: 2_000 },
          circuitBreaker: { minimumCalls: 5 },
          bulkhead: { maxQueue: 7 },
        },
        http: { base: 'common', timeout: 800, bulkhead: 20, retry: { maxAttempts: 2 } },
        common: { retry: { initialDelay: 50 }, circuitBreaker: { failureRateThreshold: 20 }, order: ['timeout'] },
      },
    });
    expect(policies.get('inventory')).toEqual({
      options: {
        timeout: { attempt: 800, total: 2_000 },
        bulkhead: { maxConcurrent: 20, maxQueue: 7 },
        retry: { initialDelay: 50, maxAttempts: 2 },
        circuitBreaker: { failureRateThreshold: 20, minimumCalls: 5 },
      },
      order: ['timeout'],
    });
  });

  it('takes what is deeper whole: a window, a budget, a chain of fallbacks', () => {
    const fallback = [{ use: 'later' }];
    const { policies } = read({
      policies: {
        derived: { base: 'base', circuitBreaker: { slidingWindow: { type: 'time', size: 5_000 } }, fallback },
        base: {
          circuitBreaker: { slidingWindow: { type: 'count', size: 30 } },
          fallback: [{ use: 'first' }, { use: 'second' }],
        },
      },
    });
    expect(policies.get('derived')?.options).toEqual({
      circuitBreaker: { slidingWindow: { type: 'time', size: 5_000 } },
      fallback,
    });
  });

  it('does not take an option that is undefined for one that is given', () => {
    const { policies } = read({
      policies: { derived: { base: 'base', retry: { maxAttempts: undefined } }, base: { retry: { maxAttempts: 9 } } },
    });
    expect(policies.get('derived')?.options.retry).toEqual({ maxAttempts: 9 });
  });

  it('finds a base that is not there', () => {
    expect(faultsOf({ policies: { inventory: { base: 'htpp' }, http: {} } })).toEqual([
      'resilience.policies.inventory.base: expected the name of another policy (inventory, http), got "htpp"',
    ]);
  });

  it('finds bases that go round in a circle, once', () => {
    expect(faultsOf({ policies: { a: { base: 'b' }, b: { base: 'c' }, c: { base: 'b' } } })).toEqual([
      'resilience.policies.c.base: is a base of itself: b > c > b',
    ]);
    expect(faultsOf({ policies: { a: { base: 'a' } } })).toEqual([
      'resilience.policies.a.base: is a base of itself: a > a',
    ]);
  });

  it('lists every fault, wherever it is', () => {
    const faults = faultsOf({
      policies: {
        inventory: {
          timeout: 0,
          retry: { maxAttempts: 1.5, maxDelai: 3 },
          circuitBreaker: { failureRateThreshold: 101, recordIf: 'all', maxKeys: 0 },
          bulkhead: 0,
          rateLimit: {},
          hedge: { delay: -1 },
          fallback: {},
          cache: {},
          chaos: { rate: 2 },
          order: ['retry', 'fallbak'],
        },
        mail: 5,
      },
      defaults: { timeout: 'long', retries: {} },
      chaos: 'yes',
      polices: {},
    });
    const places = faults.map((fault) => fault.slice(0, fault.indexOf(':')));
    expect(places).toEqual([
      'resilience.polices',
      'resilience.chaos',
      'resilience.defaults.retries',
      'resilience.defaults.timeout',
      'resilience.policies.mail',
      'resilience.policies.inventory.order[1]',
      'resilience.policies.inventory.fallback.use',
      'resilience.policies.inventory.cache',
      'resilience.policies.inventory.retry.maxDelai',
      'resilience.policies.inventory.retry.maxAttempts',
      'resilience.policies.inventory.hedge.delay',
      'resilience.policies.inventory.circuitBreaker.maxKeys',
      'resilience.policies.inventory.circuitBreaker.recordIf',
      'resilience.policies.inventory.circuitBreaker.failureRateThreshold',
      'resilience.policies.inventory.rateLimit.limit',
      'resilience.policies.inventory.timeout',
      'resilience.policies.inventory.bulkhead',
      'resilience.policies.inventory.chaos.rate',
      'resilience.policies.inventory.chaos',
    ]);
  });

  it('finds a fault that only comes of a policy and its base together', () => {
    expect(
      faultsOf({
        policies: { derived: { base: 'base', retry: { initialDelay: 500 } }, base: { retry: { maxDelay: 200 } } },
      }),
    ).toEqual(['resilience.policies.derived.retry.initialDelay: expected at most maxDelay, which is 200, got 500']);
  });

  it('takes names that objects have for policies like any other', () => {
    const { policies } = read({
      policies: JSON.parse('{ "__proto__": { "timeout": 5 }, "constructor": { "base": "__proto__" } }'),
    });
    expect(policies.get('constructor')?.options).toEqual({ timeout: 5 });
    expect(faultsOf({ policies: { a: { base: 'toString' } } })).toHaveLength(1);
  });

  it('refuses what is no object', () => {
    for (const options of [null, 5, [], 'x']) expect(faultsOf(options)).toHaveLength(1);
    for (const policies of [null, 5, []]) expect(faultsOf({ policies })).toHaveLength(1);
  });
});
