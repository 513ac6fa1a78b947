import type { PolicyKind } from '../options/policy-options.js';
import { AnswerCache } from './answer-cache.js';
import { compilePipeline } from './compile-pipeline.js';
import type { CircuitBreakerPart, FallbackPart, PolicySet } from './policy-set.port.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

class Missing extends Error {}
class Busy extends Error {}

describe('fallbacks', () => {
  let rig: PipelineRig;
  beforeEach(() => (rig = new PipelineRig().watch()));

  const pipelineOf = (...fallback: Partial<FallbackPart>[]) =>
    compilePipeline(
      { name: 'p', fallback: fallback.map((part) => ({ name: 'f', use: () => 1, on: undefined, ...part })) },
      rig,
    );

  const fail = (error: unknown) => () => Promise.reject(error);

  it('that do not exist leave the error to be found as the cause', async () => {
    const pipeline = pipelineOf({ use: 'lastKnwon' });
    const missing = new Missing('7');
    await expect(pipeline.call(fail(missing), {}, [])).rejects.toMatchObject({
      code: 'LC_INVALID_OPTIONS',
      cause: missing,
    });
  });

  it('are given the error, the arguments and the object', async () => {
    const service = {
      last: 'last known',
      find: (_id: number): Promise<unknown> => Promise.reject(new Missing('7')),
      lastKnown(...args: unknown[]) {
        return [this.last, ...args];
      },
    };
    const pipeline = pipelineOf({ use: 'lastKnown' });
    expect(await pipeline.call(service.find, service, [7])).toEqual(['last known', new Missing('7'), 7]);
    expect(rig.seen).toMatchObject([{ type: 'fallback', policy: 'f', error: new Missing('7') }]);
  });

  it('are chosen by the type of the error', async () => {
    const pipeline = pipelineOf(
      { use: () => 'missing', on: Missing },
      { use: () => 'listed', on: [RangeError, Busy] },
      { use: () => 'said', on: (error: unknown) => error === 'said' },
    );
    expect(await pipeline.execute(fail(new Missing()))).toBe('missing');
    expect(await pipeline.execute(fail(new Busy()))).toBe('listed');
    expect(await pipeline.execute(fail('said'))).toBe('said');
    await expect(pipeline.execute(fail(new Error('other')))).rejects.toThrow('other');
  });

  it('pass their own error down the chain, and throw what is left', async () => {
    const order: string[] = [];
    const use = (name: string, error: unknown) => () => {
      order.push(name);
      throw error;
    };
    const pipeline = pipelineOf(
      { use: use('first', new Busy('first')), on: Missing },
      { use: use('not asked', new Error()), on: Missing },
      { use: use('second', new Error('second')), on: Busy },
    );
    await expect(pipeline.execute(fail(new Missing()))).rejects.toThrow('second');
    expect(order).toEqual(['first', 'second']);
  });

  it('say what is missing when the object has no such method', async () => {
    await expect(pipelineOf({ use: 'absent' }).call(fail(new Error()), {}, [])).rejects.toThrow(/absent/);
  });

  it('are not for callers that gave up, and are left by those that do meanwhile', async () => {
    const job = new Job();
    const use = jest.fn(job.run);
    const pipeline = pipelineOf({ use });
    const [before, meanwhile] = [new AbortController(), new AbortController()];
    const first = outcomeOf(pipeline.call(job.run, undefined, [], before.signal));
    before.abort('before');
    await rig.clock.advance(0);
    expect([first.error, use.mock.calls.length]).toEqual(['before', 0]);
    const second = outcomeOf(pipeline.call(fail(new Error()), undefined, [], meanwhile.signal));
    await rig.clock.advance(0);
    expect(use).toHaveBeenCalledTimes(1);
    meanwhile.abort('meanwhile');
    await rig.clock.advance(0);
    expect(second.error).toBe('meanwhile');
  });

  it('are left also after a total deadline, and none that follows is asked', async () => {
    const controller = new AbortController();
    const job = new Job();
    const next = jest.fn();
    const fallback = [job.run, next].map((use) => ({ name: 'f', use, on: undefined }));
    const pipeline = compilePipeline({ name: 'p', fallback, timeout: rig.timeout(undefined, 100) }, rig);
    const call = outcomeOf(pipeline.call(() => new Promise(() => undefined), undefined, [], controller.signal));
    await rig.clock.advance(100);
    expect(job.calls).toBe(1);
    controller.abort('gone');
    await rig.clock.advance(0);
    expect([call.error, next.mock.calls.length]).toEqual(['gone', 0]);
  });

  it('answer for a total deadline and are not bound by it', async () => {
    const job = new Job();
    const controller = new AbortController();
    const fallback = [{ name: 'f', use: job.run, on: undefined }];
    const pipeline = compilePipeline({ name: 'p', fallback, timeout: rig.timeout(undefined, 100) }, rig);
    const hung = outcomeOf(pipeline.call(() => new Promise(() => undefined), undefined, []));
    const failed = outcomeOf(pipeline.call(fail(new Error()), undefined, [], controller.signal));
    await rig.clock.advance(1_000);
    expect([hung.settled, failed.settled]).toEqual([0, 0]);
    while (job.pending.length > 0) job.resolve('fallback');
    await rig.clock.advance(0);
    expect([hung.value, failed.value]).toEqual(['fallback', 'fallback']);
  });
});

const judging = (rig: PipelineRig): CircuitBreakerPart => ({
  ...rig.breaker(),
  outcomeOfResult: (result) => (result === 'busy' ? 'failure' : 'success'),
});

describe('the cache', () => {
  let rig: PipelineRig;
  beforeEach(() => (rig = new PipelineRig().watch()));

  const pipelineOf = (options: AnswerCacheOptions) =>
    compilePipeline({ name: 'p', cache: { name: 'cache', options } }, rig);
  type AnswerCacheOptions = ConstructorParameters<typeof AnswerCache>[0];

  it('answers without asking while an answer is young, undefined ones too', async () => {
    const pipeline = pipelineOf({ ttl: 100 });
    const ask = jest.fn((_id: number) => Promise.resolve(undefined));
    for (const id of [1, 1, 2]) await pipeline.call(ask, undefined, [id]);
    expect(ask).toHaveBeenCalledTimes(2);
    await rig.clock.advance(100);
    await pipeline.call(ask, undefined, [1]);
    expect(ask).toHaveBeenCalledTimes(3);
  });

  it('answers with what it has when asking fails, as long as that is not too old', async () => {
    const pipeline = pipelineOf({ staleOnError: 1_000 });
    await pipeline.call(() => 'old', undefined, [1]);
    await rig.clock.advance(999);
    const down = () => Promise.reject(new Error('down'));
    expect(await pipeline.call(down, undefined, [1])).toBe('old');
    expect(rig.seen).toMatchObject([{ type: 'stale', age: 999, policy: 'cache' }]);
    await expect(pipeline.call(down, undefined, [2])).rejects.toThrow('down');
    await rig.clock.advance(1);
    await expect(pipeline.call(down, undefined, [1])).rejects.toThrow('down');
  });

  it('keeps the answers of different objects apart', async () => {
    const pipeline = pipelineOf({ ttl: 100 });
    function tenant(this: { name: string }) {
      return this.name;
    }
    expect(await pipeline.call(tenant, { name: 'a' }, [])).toBe('a');
    expect(await pipeline.call(tenant, { name: 'b' }, [])).toBe('b');
  });

  it('knows a call by the arguments that it was made with, whatever the work does to them', async () => {
    const pipeline = pipelineOf({ ttl: 100, staleOnError: 1_000 });
    const readOn = async (query: { cursor: string; self?: unknown }) => {
      const { cursor } = query;
      query.cursor = 'page 2';
      query.self = query;
      return `rows of ${cursor}`;
    };
    const pages = ['page 1', 'page 2', 'page 1'].map((cursor) => ({ cursor }));
    const answers = [];
    for (const page of pages) answers.push(await pipeline.call(readOn, undefined, [page]));
    expect(answers).toEqual(['rows of page 1', 'rows of page 2', 'rows of page 1']);
    await rig.clock.advance(500);
    const fail = async (query: { cursor: string }) => {
      query.cursor = 'page 2';
      throw new Error('down');
    };
    expect(await pipeline.call(fail, undefined, [{ cursor: 'page 1' }])).toBe('rows of page 1');
  });

  const poor = (result: unknown) => result === 'busy';
  it.each<[string, (r: PipelineRig) => Omit<PolicySet, 'name'>, PolicyKind[]]>([
    ['a retry wants a better one', (r) => ({ retry: r.retry(2, { retryIfResult: poor }) }), []],
    ['its circuit counts it as a failure', (r) => ({ circuitBreaker: judging(r) }), []],
    ['a circuit further in does', (r) => ({ hedge: r.hedge(50), circuitBreaker: judging(r) }), []],
    [
      'a retry further in wants a better one',
      (r) => ({ retry: r.retry(2, { retryIfResult: poor }), circuitBreaker: r.breaker() }),
      ['cache', 'circuitBreaker', 'retry'],
    ],
  ])('keeps an answer when the next is poor, as %s', async (_why, partsFor, order) => {
    const cache = { name: 'cache', options: { staleOnError: 10_000 } };
    const pipeline = compilePipeline({ name: 'p', cache, ...partsFor(rig) }, rig, order);
    const answers = [];
    for (const work of [() => 'good', () => 'busy', () => Promise.reject(new TypeError('down'))]) {
      const call = outcomeOf(pipeline.call<string>(work, undefined, []));
      await rig.clock.advance(1_000);
      answers.push(call.value);
    }
    expect(answers).toEqual(['good', 'busy', 'good']);
  });

  it('forgets what was not used for longest', () => {
    const cache = new AnswerCache({ ttl: 100, maxEntries: 2 });
    cache.store(undefined, 'a', 1, 0);
    cache.store(undefined, 'b', 2, 0);
    cache.fresh(undefined, 'a', 1);
    cache.store(undefined, 'c', 3, 0);
    expect(['a', 'b', 'c'].map((key) => cache.fresh(undefined, key, 1)?.value)).toEqual([1, undefined, 3]);
  });
});
