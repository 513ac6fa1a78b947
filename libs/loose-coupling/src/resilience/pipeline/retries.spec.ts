import { RetryBudget } from '../core/retry/retry-budget.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import { compilePipeline } from './compile-pipeline.js';
import { currentAttempt } from './current-attempt.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

describe('retries', () => {
  let rig: PipelineRig;
  beforeEach(() => (rig = new PipelineRig().watch()));

  const failing = (error: unknown) => {
    const work = jest.fn(() => Promise.reject(error));
    return work;
  };

  it('number the attempts, for the context and for currentAttempt()', async () => {
    const numbers: unknown[] = [];
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(3) }, rig);
    const call = outcomeOf(
      pipeline.execute((context) => {
        numbers.push([context.attempt, currentAttempt()?.attempt]);
        throw new Error('down');
      }),
    );
    await rig.clock.advance(1_000);
    expect(call.settled).toBe(1);
    expect(numbers).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(currentAttempt()).toBeUndefined();
  });

  it("throw the last attempt's own error, and tell why they ended", async () => {
    const error = Object.freeze(new Error('down'));
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(2) }, rig);
    const call = outcomeOf(pipeline.call(failing(error), undefined, []));
    await rig.clock.advance(100);
    expect(call.error).toBe(error);
    expect(rig.seen).toMatchObject([
      { type: 'retry', attempt: 1, delay: 100, error, policy: 'retry' },
      { type: 'retries-ended', attempt: 2, because: 'max-attempts', error },
    ]);
  });

  it('wait as long as the dependency asks for, when that is longer', async () => {
    const work = failing(Object.assign(new Error('busy'), { retryAfterMs: 700 }));
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(2) }, rig);
    void outcomeOf(pipeline.call(work, undefined, []));
    await rig.clock.advance(699);
    expect(work).toHaveBeenCalledTimes(1);
    // A little more, at random, so that not everybody comes back at the same moment.
    await rig.clock.advance(71);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['retry-after-too-long', { maxDelay: 500 }, { retryAfterMs: 700 }],
    ['not-retryable', { isRetryable: () => false }, {}],
    ['total-timeout', { totalTimeout: 100 }, {}],
    ['budget', { budget: new RetryBudget({ ratio: 0, minPerSecond: 0, window: 1_000 }) }, {}],
  ])('end at once because of %s', async (because, part, properties) => {
    const work = failing(Object.assign(new Error('down'), properties));
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(3, part) }, rig);
    await expect(pipeline.call(work, undefined, [])).rejects.toThrow('down');
    expect(work).toHaveBeenCalledTimes(1);
    expect(rig.seen).toMatchObject([{ type: 'retries-ended', because }]);
  });

  it('do not repeat what the policies of the same pipeline refuse', async () => {
    const circuitBreaker = rig.breaker();
    circuitBreaker.machine.forceOpen(0);
    const isRetryable = jest.fn(() => true);
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(3, { isRetryable }), circuitBreaker }, rig);
    await expect(pipeline.execute(() => 1)).rejects.toThrow(CircuitOpenError);
    expect(isRetryable).not.toHaveBeenCalled();
    expect(rig.types).toEqual(['refused']);
  });

  it('put one deposit into the budget for a call, however many attempts it makes', async () => {
    const budget = { deposit: jest.fn(), tryWithdraw: jest.fn(() => true), snapshot: () => ({ available: 1 }) };
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(3, { budget }) }, rig);
    const call = outcomeOf(pipeline.call(failing(new Error('down')), undefined, []));
    await rig.clock.advance(1_000);
    expect(call.settled).toBe(1);
    expect(budget.deposit).toHaveBeenCalledTimes(1);
    expect(budget.tryWithdraw).toHaveBeenCalledTimes(2);
  });

  it('have a budget that calls feed when they were let through, and refused ones do not', async () => {
    const budget = { deposit: jest.fn(), tryWithdraw: () => true, snapshot: () => ({ available: 1 }) };
    const retry = rig.retry(3, { budget });
    const circuitBreaker = rig.breaker();
    for (const further of [{}, { hedge: rig.hedge(100) }]) {
      budget.deposit.mockClear();
      const pipeline = compilePipeline({ name: 'p', retry, circuitBreaker, ...further }, rig);
      circuitBreaker.machine.forceOpen(0);
      await expect(pipeline.execute(() => 1)).rejects.toMatchObject({ code: 'LC_CIRCUIT_OPEN' });
      expect(budget.deposit).not.toHaveBeenCalled();
      circuitBreaker.machine.close(0);
      await pipeline.execute(() => 1);
      expect(budget.deposit).toHaveBeenCalledTimes(1);
      void outcomeOf(pipeline.call(failing(new Error('down')), undefined, []));
      await rig.clock.advance(1_000);
      expect(budget.deposit).toHaveBeenCalledTimes(2);
    }
  });

  it('have a budget that is not fed by calls that gave up in a queue', async () => {
    const budget = { deposit: jest.fn(), tryWithdraw: () => true, snapshot: () => ({ available: 1 }) };
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(1, { budget }), bulkhead: rig.bulkhead(1, 1) }, rig);
    const job = new Job();
    void outcomeOf(pipeline.call(job.run, undefined, []));
    const controller = new AbortController();
    const waiting = outcomeOf(pipeline.call(job.run, undefined, [], controller.signal));
    controller.abort('gone');
    await rig.clock.advance(0);
    expect([waiting.error, budget.deposit.mock.calls.length]).toEqual(['gone', 0]);
    job.resolve('done');
    await rig.clock.advance(0);
    expect(budget.deposit).toHaveBeenCalledTimes(1);
  });

  it('are not asked about for a caller that gave up', async () => {
    const isRetryable = jest.fn(() => true);
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(3, { isRetryable }) }, rig);
    const controller = new AbortController();
    const call = outcomeOf(pipeline.call(new Job().run, undefined, [], controller.signal));
    controller.abort('gone');
    await rig.clock.advance(0);
    expect([call.error, isRetryable.mock.calls.length]).toEqual(['gone', 0]);
  });

  it('show the breaker each attempt', async () => {
    const circuitBreaker = rig.breaker({ consecutiveFailures: 2 });
    const work = failing(new Error('down'));
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(5), circuitBreaker }, rig);
    const call = outcomeOf(pipeline.call(work, undefined, []));
    await rig.clock.advance(1_000);
    expect(work).toHaveBeenCalledTimes(2);
    expect(call.error).toBeInstanceOf(CircuitOpenError);
  });

  it('repeat for a result, and answer the last one when none is good enough', async () => {
    const retryIfResult = (result: unknown) => result !== 'good';
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(3, { retryIfResult }) }, rig);
    let calls = 0;
    const better = outcomeOf(pipeline.execute(() => (++calls === 2 ? 'good' : 'bad')));
    const never = outcomeOf(pipeline.execute(() => 'bad'));
    await rig.clock.advance(1_000);
    expect([better.value, never.value, calls]).toEqual(['good', 'bad', 2]);
  });

  it('keep the process alive while they wait', async () => {
    const setTimer = jest.spyOn(rig.clock, 'setTimer');
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(2) }, rig);
    void outcomeOf(pipeline.call(failing(new Error('down')), undefined, []));
    await rig.clock.advance(0);
    expect(setTimer).toHaveBeenCalledWith(expect.anything(), 100);
  });

  it('read what a reload has put into the part', async () => {
    const retry = { ...rig.retry(2) };
    const pipeline = compilePipeline({ name: 'p', retry }, rig);
    retry.maxAttempts = 1;
    const work = failing(new Error('down'));
    await expect(pipeline.call(work, undefined, [])).rejects.toThrow('down');
    expect(work).toHaveBeenCalledTimes(1);
  });

  describe('when a predicate throws', () => {
    const broken = () => {
      throw new Error('predicate');
    };

    it.each([
      ['isRetryable', (r: PipelineRig) => ({ retry: r.retry(3, { isRetryable: broken }) })],
      ['retryIfResult', (r: PipelineRig) => ({ retry: r.retry(3, { retryIfResult: broken }) })],
      ['outcomeOfError', (r: PipelineRig) => ({ circuitBreaker: { ...r.breaker(), outcomeOfError: broken } })],
      ['outcomeOfResult', (r: PipelineRig) => ({ circuitBreaker: { ...r.breaker(), outcomeOfResult: broken } })],
      [
        'key of the bulkhead',
        (r: PipelineRig) => ({
          circuitBreaker: r.breaker(),
          bulkhead: { ...r.bulkhead(1), slot: { only: undefined, pick: broken, keyOf: broken } },
        }),
      ],
      [
        'key of the rate limit',
        (r: PipelineRig) => ({
          circuitBreaker: r.breaker(),
          rateLimit: { ...r.rateLimit(1, 1), slot: { only: undefined, pick: broken, keyOf: broken } },
        }),
      ],
    ])('(%s) everything is released and its error is thrown', async (_name, partsFor) => {
      const circuitBreaker = rig.breaker({ consecutiveFailures: 1 });
      const bulkhead = rig.bulkhead(1);
      const set = { name: 'p', retry: rig.retry(2), timeout: rig.timeout(50), circuitBreaker, bulkhead };
      const pipeline = compilePipeline({ ...set, ...partsFor(rig) }, rig);
      const job = new Job();
      const answered = outcomeOf(pipeline.call(job.run, undefined, []));
      job.resolve('answer');
      await rig.clock.advance(10);
      const failed = outcomeOf(pipeline.call(() => Promise.reject(new Error('down')), undefined, []));
      await rig.clock.advance(10_000);
      const errors = [answered.error, failed.error].map((error) => (error as Error | undefined)?.message);
      expect(errors).toContain('predicate');
      expect([answered.settled, failed.settled]).toEqual([1, 1]);
      expect(bulkhead.machine.active).toBe(0);
      expect([rig.clock.pendingTimers, rig.shutdown.size]).toEqual([0, 0]);
    });

    it('in the key of a cache, the call is made as if there were none', async () => {
      const cache = { name: 'c', options: { ttl: 1_000, staleOnError: 1_000, key: broken } };
      const pipeline = compilePipeline({ name: 'p', cache }, rig);
      const work = jest.fn(() => 'answer');
      await pipeline.execute(work);
      await expect(pipeline.execute(work)).resolves.toBe('answer');
      expect(work).toHaveBeenCalledTimes(2);
    });

    it('in the matcher of a fallback, the error of the work is thrown', async () => {
      const fallback = [{ name: 'f', use: () => 'instead', on: broken }];
      const pipeline = compilePipeline({ name: 'p', fallback }, rig);
      await expect(pipeline.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    });

    it('in a key function before the work, nothing is counted and nothing is tried again', async () => {
      const circuitBreaker = rig.breaker({ consecutiveFailures: 1 });
      const bulkhead = { ...rig.bulkhead(1), slot: { only: undefined, pick: broken, keyOf: broken } };
      const pipeline = compilePipeline({ name: 'p', retry: rig.retry(2), circuitBreaker, bulkhead }, rig);
      await expect(pipeline.execute(() => 1)).rejects.toThrow('predicate');
      expect(circuitBreaker.machine.snapshot(0)).toMatchObject({ state: 'closed', totals: { failed: 0, ignored: 1 } });
    });

    it('(breaker alone) the permit is released', async () => {
      const part = rig.breaker();
      const outcomes: unknown[] = [];
      const release = part.machine.release.bind(part.machine);
      part.machine.release = (permit, outcome, now, startedAt) => {
        outcomes.push(outcome);
        release(permit, outcome, now, startedAt);
      };
      const circuitBreaker = { ...part, outcomeOfError: broken, outcomeOfResult: broken };
      const pipeline = compilePipeline({ name: 'p', circuitBreaker }, rig);
      await expect(pipeline.execute(() => 1)).rejects.toThrow('predicate');
      await expect(pipeline.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('predicate');
      expect(outcomes).toEqual(['ignored', 'ignored']);
    });
  });
});
