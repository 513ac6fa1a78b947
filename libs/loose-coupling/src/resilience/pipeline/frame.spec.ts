import { RateLimitedError } from '../errors/rate-limited.error.js';
import { compilePipeline } from './compile-pipeline.js';
import { currentAttempt } from './current-attempt.js';
import type { PolicySet } from './policy-set.port.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

describe('a pipeline', () => {
  let rig: PipelineRig;
  beforeEach(() => (rig = new PipelineRig().watch()));

  const shapes: [string, (r: PipelineRig) => Omit<PolicySet, 'name'>][] = [
    ['nothing', () => ({})],
    ['a breaker', (r) => ({ circuitBreaker: r.breaker() })],
    ['a bulkhead', (r) => ({ bulkhead: r.bulkhead(1) })],
    [
      'a stack',
      (r) => ({ retry: r.retry(1), circuitBreaker: r.breaker(), timeout: r.timeout(50), bulkhead: r.bulkhead(1) }),
    ],
    ['a hedge', (r) => ({ hedge: r.hedge(50) })],
  ];

  describe.each(shapes)('of %s', (_name, partsFor) => {
    const pipeline = () => compilePipeline({ name: 'p', ...partsFor(rig) }, rig);

    it('calls the method on its object, with its arguments and no more', async () => {
      const object = {
        name: 'object',
        method(...args: unknown[]) {
          return [this.name, ...args];
        },
      };
      expect(await pipeline().call(object.method, object, [1, undefined])).toEqual(['object', 1, undefined]);
      expect(await pipeline().call(object.method, object, [])).toEqual(['object']);
    });

    it('gives a function the attempt', async () => {
      expect(await pipeline().execute(({ attempt, signal }) => [attempt, signal.aborted])).toEqual([1, false]);
    });

    it('rejects with what a method throws synchronously', async () => {
      const method = () => {
        throw new Error('sync');
      };
      await expect(pipeline().call(method, undefined, [])).rejects.toThrow('sync');
    });

    it('begins a lazy thenable once', async () => {
      let begun = 0;
      const lazy = {
        // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
        then(resolve: (value: string) => void) {
          begun += 1;
          resolve('rows');
        },
      };
      expect(await pipeline().call(() => lazy as PromiseLike<string>, undefined, [])).toBe('rows');
      expect(begun).toBe(1);
    });

    it('refuses a caller that has given up', async () => {
      const job = new Job();
      await expect(pipeline().call(job.run, undefined, [], AbortSignal.abort('gone'))).rejects.toBe('gone');
      expect(job.calls).toBe(0);
    });
  });

  // Which of several requests failed, the trace of a hedge could not say.
  it.each(shapes.filter(([name]) => name !== 'a hedge'))(
    "of %s keeps the caller in an error's asynchronous stack trace",
    async (_name, partsFor) => {
      const pipeline = compilePipeline({ name: 'p', ...partsFor(rig) }, rig);
      const work = async () => {
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('deep');
      };
      const theCaller = async () => void (await pipeline.call(work, undefined, []));
      const error = await theCaller().catch((caught: Error) => caught);
      expect((error as Error).stack).toContain('theCaller');
    },
  );

  it('shows no attempt behind a breaker alone, and never one outside', async () => {
    const breaker = compilePipeline({ name: 'p', circuitBreaker: rig.breaker() }, rig);
    expect(await breaker.execute(() => currentAttempt())).toBeUndefined();
    const timeout = compilePipeline({ name: 'p', timeout: rig.timeout(50) }, rig);
    expect(await timeout.execute((context) => currentAttempt() === context)).toBe(true);
    expect(await breaker.execute((context) => currentAttempt() === context, new AbortController().signal)).toBe(true);
    expect(currentAttempt()).toBeUndefined();
  });

  it.each(shapes)('of %s aborts the signal at a shutdown while it runs, and not after', async (_name, partsFor) => {
    const signals: AbortSignal[] = [];
    const late: { signal: AbortSignal }[] = [];
    const pipeline = compilePipeline({ name: 'p', ...partsFor(rig) }, rig);
    await pipeline.execute(({ signal }) => void signals.push(signal));
    await pipeline.execute((context) => void late.push(context));
    void outcomeOf(pipeline.execute(({ signal }) => (signals.push(signal), new Promise(() => undefined))));
    rig.shutdown.shutDown(new Error('closing'));
    const ended = late.map(({ signal }) => signal);
    expect([...signals, ...ended].map(({ aborted }) => aborted)).toEqual([false, true, false]);
    expect(rig.shutdown.size).toBe(0);
  });

  it('gives the permit of a bulkhead back whatever the work does, and takes none for a call that is refused', async () => {
    const bulkhead = rig.bulkhead(1);
    const pipeline = compilePipeline({ name: 'p', bulkhead }, rig);
    const job = new Job();
    const running = outcomeOf(pipeline.call(job.run, undefined, []));
    await expect(pipeline.call(job.run, undefined, [])).rejects.toMatchObject({ code: 'LC_BULKHEAD_FULL' });
    job.resolve('done');
    await rig.clock.advance(0);
    expect(running.value).toBe('done');
    const failing = () => Promise.reject(new Error('no'));
    await expect(pipeline.call(failing, undefined, [])).rejects.toThrow('no');
    expect(bulkhead.machine.snapshot()).toMatchObject({ active: 0, totals: { admitted: 2, refused: 1 } });
  });

  it('counts work that a shutdown stopped neither way, and does not repeat it', async () => {
    const circuitBreaker = rig.breaker();
    const alone = compilePipeline({ name: 'p', circuitBreaker }, rig);
    const stack = compilePipeline({ name: 'p', circuitBreaker, retry: rig.retry(3), timeout: rig.timeout(50) }, rig);
    let begun = 0;
    const calls = [alone, stack].map((pipeline) =>
      outcomeOf(
        pipeline.execute(({ signal }) => {
          begun += 1;
          return new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => reject(new Error('stopped'))),
          );
        }),
      ),
    );
    rig.shutdown.shutDown(new Error('closing'));
    await rig.clock.advance(1_000);
    expect(calls.map(({ settled }) => settled)).toEqual([1, 1]);
    expect(begun).toBe(2);
    expect(circuitBreaker.machine.snapshot(0).totals).toMatchObject({ failed: 0, ignored: 2 });
  });

  describe('with a rate limit', () => {
    it('waits for its turn, and refuses what would wait too long', async () => {
      const pipeline = compilePipeline({ name: 'p', rateLimit: rig.rateLimit(1, 100, 100) }, rig);
      const calls = [1, 2, 3].map((n) => outcomeOf(pipeline.execute(() => n)));
      await rig.clock.advance(0);
      expect(calls.map(({ settled }) => settled)).toEqual([1, 0, 1]);
      expect(calls[2]?.error).toBeInstanceOf(RateLimitedError);
      expect(rig.seen).toMatchObject([{ type: 'refused', by: 'rateLimit', policy: 'rate' }]);
      await rig.clock.advance(100);
      expect(calls[1]?.value).toBe(2);
      expect(rig.clock.pendingTimers).toBe(0);
    });

    it('gives its turn back when the caller gives up', async () => {
      const rateLimit = rig.rateLimit(1, 100, 100);
      const pipeline = compilePipeline({ name: 'p', rateLimit }, rig);
      await pipeline.execute(() => 1);
      const controller = new AbortController();
      const waiting = outcomeOf(pipeline.execute(() => 2, controller.signal));
      await rig.clock.advance(10);
      controller.abort('gone');
      await rig.clock.advance(0);
      expect([waiting.error, rig.clock.pendingTimers]).toEqual(['gone', 0]);
      expect(rateLimit.machine.reserve(rig.clock.monotonic(), 100)).toBe(90);
    });

    it('does not wait for a turn after its deadline', async () => {
      const pipeline = compilePipeline(
        { name: 'p', rateLimit: rig.rateLimit(1, 100, 100), timeout: rig.timeout(undefined, 50) },
        rig,
      );
      await pipeline.execute(() => 1);
      await expect(pipeline.execute(() => 2)).rejects.toThrow(RateLimitedError);
    });

    it('does not take the wait for time of the attempt', async () => {
      const job = new Job();
      const set = { name: 'p', rateLimit: rig.rateLimit(1, 100, 100), timeout: rig.timeout(80) };
      const pipeline = compilePipeline(set, rig);
      await pipeline.execute(() => 1);
      const call = outcomeOf(pipeline.call(job.run, undefined, []));
      await rig.clock.advance(150);
      expect([job.calls, call.settled]).toEqual([1, 0]);
      job.resolve('in time');
      await rig.clock.advance(0);
      expect(call.value).toBe('in time');
    });
  });

  it('tells of timeouts, of an attempt and of all', async () => {
    const set = { name: 'p', retry: rig.retry(2), timeout: rig.timeout(50, 180), bulkhead: rig.bulkhead(1, 1) };
    const call = outcomeOf(compilePipeline(set, rig).execute(() => new Promise(() => undefined)));
    await rig.clock.advance(200);
    expect(call.settled).toBe(1);
    expect(rig.seen).toMatchObject([
      { type: 'timeout', scope: 'attempt', timeout: 50 },
      { type: 'retry', attempt: 1 },
      { type: 'timeout', scope: 'total', timeout: 180 },
    ]);
  });

  it('tells the key of what refuses, when there is one machine for each', async () => {
    const part = rig.breaker();
    part.machine.forceOpen(0);
    const slot = { only: undefined, pick: () => part.machine, keyOf: ([tenant]: readonly unknown[]) => String(tenant) };
    const pipeline = compilePipeline({ name: 'p', circuitBreaker: { ...part, slot } }, rig);
    await expect(pipeline.call((_tenant: string) => 1, undefined, ['acme'])).rejects.toMatchObject({
      state: 'forced-open',
    });
    expect(rig.seen).toMatchObject([{ type: 'refused', by: 'circuitBreaker', key: 'acme', policy: 'breaker' }]);
  });

  it('makes no events when nobody listens', async () => {
    const quiet = new PipelineRig();
    const emit = jest.spyOn(quiet.events, 'emit');
    const set = { name: 'p', retry: quiet.retry(2), timeout: quiet.timeout(10), bulkhead: quiet.bulkhead(1) };
    const call = outcomeOf(compilePipeline(set, quiet).execute(() => new Promise(() => undefined)));
    await quiet.clock.advance(1_000);
    expect(call.settled).toBe(1);
    expect(emit).not.toHaveBeenCalled();
  });
});
