import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { ClosedError } from '../../kernel/index.js';
import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import { Attempt } from './attempt.js';
import type { AttemptContext } from './attempt.port.js';
import { compilePipeline } from './compile-pipeline.js';
import { currentAttempt } from './current-attempt.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

describe('cancellation', () => {
  let rig: PipelineRig;
  let job: Job;
  beforeEach(() => {
    rig = new PipelineRig();
    job = new Job();
  });

  it('rejects a caller that gives up at once, and keeps the permit until the work has ended', async () => {
    const bulkhead = rig.bulkhead(1);
    const pipeline = compilePipeline({ name: 'p', bulkhead }, rig);
    const controller = new AbortController();
    const call = outcomeOf(pipeline.call(job.run, undefined, [], controller.signal));
    controller.abort('gone');
    await rig.clock.advance(0);
    expect(call.error).toBe('gone');
    expect(bulkhead.machine.active).toBe(1);
    job.reject(new Error('late'));
    await rig.clock.advance(0);
    expect(bulkhead.machine.active).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  it('does not begin a call whose signal is aborted, nor answer it with a fallback', async () => {
    const fallback = [{ name: 'f', use: () => 'fallback', on: undefined }];
    const circuitBreaker = rig.breaker();
    for (const set of [{ fallback, retry: rig.retry(3) }, { circuitBreaker }]) {
      const pipeline = compilePipeline({ name: 'p', ...set }, rig);
      await expect(pipeline.call(job.run, undefined, [], AbortSignal.abort('gone'))).rejects.toBe('gone');
    }
    expect(job.calls).toBe(0);
  });

  it('rejects a caller that gives up while its work is being begun', async () => {
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(3) }, rig);
    const controller = new AbortController();
    const call = outcomeOf(
      pipeline.call(
        () => {
          controller.abort();
          return job.run();
        },
        undefined,
        [],
        controller.signal,
      ),
    );
    await rig.clock.advance(0);
    expect(call.error).toBe(controller.signal.reason);
    expect(job.calls).toBe(1);
  });

  it('leaves no listener on a signal that many calls share, and makes Node warn of none', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    const controller = new AbortController();
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100) }, rig);
    const calls = Array.from({ length: 50 }, () => pipeline.call(job.run, undefined, [], controller.signal));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    for (let call = 0; call < 50; call++) job.resolve('done');
    await Promise.all(calls);
    await rig.clock.advance(0);
    process.off('warning', onWarning);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    expect(warnings).toEqual([]);
  });

  it('reaches the calls that are left on a signal when others have ended', async () => {
    const controller = new AbortController();
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100) }, rig);
    const calls = [1, 2].map(() => outcomeOf(pipeline.call(job.run, undefined, [], controller.signal)));
    job.resolve('done');
    await rig.clock.advance(0);
    controller.abort('gone');
    await rig.clock.advance(0);
    expect(calls).toMatchObject([{ value: 'done' }, { error: 'gone' }]);
  });

  it('does not take the failure of work for the abort that comes in the same turn', async () => {
    const circuitBreaker = rig.breaker();
    const pipeline = compilePipeline({ name: 'p', circuitBreaker }, rig);
    const controller = new AbortController();
    const call = outcomeOf(pipeline.call(job.run, undefined, [], controller.signal));
    job.reject(new Error('own'));
    await Promise.resolve();
    controller.abort('gone');
    await rig.clock.advance(0);
    expect(call.error).toEqual(new Error('own'));
    expect(circuitBreaker.machine.snapshot(0).totals).toMatchObject({ failed: 1, ignored: 0 });
  });

  it('gives a signal to those who ask late: aborted as the attempt was, and tied to nothing', async () => {
    const contexts: AttemptContext[] = [];
    const work = (context: AttemptContext) => {
      contexts.push(context);
      return job.run();
    };
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100) }, rig);
    const inTime = outcomeOf(pipeline.execute(work));
    const late = outcomeOf(pipeline.execute(work));
    job.resolve('in time');
    await rig.clock.advance(100);
    expect([inTime.value, late.settled]).toEqual(['in time', 1]);
    const [kept, cut] = contexts.map(({ signal }) => signal);
    expect([kept?.aborted, cut?.aborted, cut?.reason === late.error]).toEqual([false, true, true]);
    expect(rig.shutdown.size).toBe(0);
    rig.shutdown.shutDown(new Error('closing'));
    expect(kept?.aborted).toBe(false);
    expect(await pipeline.execute(({ signal }) => signal.reason)).toBe(rig.shutdown.reason);
  });

  it('makes an abort signal only for work that asks, and one for all who ask', async () => {
    let made = 0;
    const Original = globalThis.AbortController;
    globalThis.AbortController = class extends Original {
      constructor() {
        super();
        made += 1;
      }
    };
    try {
      const pipeline = compilePipeline({ name: 'p', retry: rig.retry(2), timeout: rig.timeout(10) }, rig);
      await pipeline.execute(() => 1);
      expect(made).toBe(0);
      expect(await pipeline.execute((context) => context.signal === currentAttempt()?.signal)).toBe(true);
      expect(made).toBe(1);
    } finally {
      globalThis.AbortController = Original;
    }
  });

  it('aborts with the reason of what ended the attempt', async () => {
    const reasons: unknown[] = [];
    const work = ({ signal }: AttemptContext) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      return job.run();
    };
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100) }, rig);
    const controller = new AbortController();
    const closed = new ClosedError('the registry');
    const calls = [pipeline.execute(work, controller.signal), pipeline.execute(work)].map(outcomeOf);
    controller.abort('gone');
    await rig.clock.advance(100);
    calls.push(outcomeOf(pipeline.execute(work)));
    rig.shutdown.shutDown(closed);
    await rig.clock.advance(0);
    expect(reasons).toEqual(['gone', expect.any(OperationTimeoutError), closed]);
    // A shutdown asks running work to stop; it is the work that decides.
    expect(calls.map(({ settled }) => settled)).toEqual([1, 1, 0]);
    expect(rig.shutdown.size).toBe(0);
  });

  it('leaves nothing with the shutdown signal of an attempt whose signal was asked for', async () => {
    for (const set of [{ circuitBreaker: rig.breaker() }, { timeout: rig.timeout(100) }]) {
      const pipeline = compilePipeline({ name: 'p', ...set }, rig);
      const signal = await pipeline.execute((context) => context.signal);
      expect(rig.shutdown.size).toBe(0);
      expect(signal.aborted).toBe(false);
    }
  });

  it('runs abort listeners in the context of their own attempt', async () => {
    const request = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100) }, rig);
    const work = ({ signal }: AttemptContext) => {
      signal.addEventListener('abort', () => seen.push(request.getStore()));
      return job.run();
    };
    const calls = ['A', 'B'].map((name) => request.run(name, () => outcomeOf(pipeline.execute(work))));
    await request.run('clock', () => rig.clock.advance(100));
    expect(seen).toEqual(['A', 'B']);
    expect(calls.map(({ settled }) => settled)).toEqual([1, 1]);
  });

  it('does not report late rejections of abandoned work as unhandled', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', onUnhandled);
    for (const set of [{}, { bulkhead: rig.bulkhead(5) }, { retry: rig.retry(2), hedge: rig.hedge(10) }]) {
      const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100), ...set }, rig);
      const call = outcomeOf(pipeline.call(job.run, undefined, []));
      await rig.clock.advance(10_000);
      expect(call.settled).toBe(1);
    }
    while (job.pending.length > 0) job.reject(new Error('late'));
    await rig.clock.advance(0);
    await rig.clock.advance(0);
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled).toEqual([]);
  });

  it('ends queue, rate limit and backoff waits at a shutdown, and those that come later', async () => {
    const closed = new ClosedError('the registry');
    const bulkhead = rig.bulkhead(1, 5);
    const rateLimit = rig.rateLimit(1, 1_000, 5_000);
    const queueing = compilePipeline({ name: 'queue', bulkhead }, rig);
    const limited = compilePipeline({ name: 'rate', rateLimit }, rig);
    const retrying = compilePipeline({ name: 'retry', retry: rig.retry(5) }, rig);
    const fail = () => Promise.reject(new Error('down'));
    const running = outcomeOf(queueing.call(job.run, undefined, []));
    await limited.call(() => 1, undefined, []);
    const start = () => [
      outcomeOf(queueing.call(job.run, undefined, [])),
      outcomeOf(limited.call(() => 2, undefined, [])),
      outcomeOf(retrying.call(fail, undefined, [])),
    ];
    const waiting = start();
    await rig.clock.advance(10);
    expect(waiting.map(({ settled }) => settled)).toEqual([0, 0, 0]);
    rig.shutdown.shutDown(closed);
    const later = start();
    await rig.clock.advance(0);
    expect([...waiting, ...later].every(({ error }) => error === closed)).toBe(true);
    expect([running.settled, rig.shutdown.size, rig.clock.pendingTimers]).toEqual([0, 0, 0]);
    expect(bulkhead.machine.snapshot()).toMatchObject({ active: 1, queued: 0 });
    // What was reserved and not used is somebody else's again.
    expect(rateLimit.machine.reserve(rig.clock.monotonic(), 5_000)).toBeLessThan(1_000);
  });

  describe('of a pipeline within an attempt of another', () => {
    it('ends the inner waits when the outer attempt is given up, and begins nothing more', async () => {
      const outer = compilePipeline({ name: 'outer', timeout: rig.timeout(100) }, rig);
      const bulkhead = rig.bulkhead(1, 5);
      const queueing = compilePipeline({ name: 'queue', bulkhead }, rig);
      const retrying = compilePipeline({ name: 'retry', retry: rig.retry(9, { schedule: { delay: () => 90 } }) }, rig);
      void queueing.call(job.run, undefined, []);
      const inner: { error?: unknown; settled: number }[] = [];
      let attempts = 0;
      const fail = () => {
        attempts += 1;
        return Promise.reject(new Error('down'));
      };
      const call = outcomeOf(
        outer.call(
          async () => {
            inner.push(outcomeOf(queueing.call(job.run, undefined, [])));
            inner.push(outcomeOf(retrying.call(fail, undefined, [])));
            await new Job().run().catch(() => undefined);
          },
          undefined,
          [],
        ),
      );
      await rig.clock.advance(100);
      expect(call.error).toBeInstanceOf(OperationTimeoutError);
      expect(inner.map(({ error }) => error)).toEqual([call.error, call.error]);
      expect(bulkhead.machine.snapshot().queued).toBe(0);
      await rig.clock.advance(1_000);
      expect([attempts, job.calls]).toEqual([2, 1]);
      expect(rig.clock.pendingTimers).toBe(0);
    });

    it('refuses an inner call that abandoned work makes', async () => {
      const outer = compilePipeline({ name: 'outer', timeout: rig.timeout(100) }, rig);
      const breaking = compilePipeline({ name: 'breaker', circuitBreaker: rig.breaker() }, rig);
      const inner = new Job();
      let later: { error?: unknown } = {};
      const call = outcomeOf(
        outer.call(
          async () => {
            await job.run();
            later = outcomeOf(breaking.call(inner.run, undefined, []));
          },
          undefined,
          [],
        ),
      );
      await rig.clock.advance(100);
      job.resolve('too late');
      await rig.clock.advance(0);
      expect(later.error).toBe(call.error);
      expect(inner.calls).toBe(0);
    });

    it('counts what the outer deadline cuts off as a failure of what the inner pipeline calls', async () => {
      const circuitBreaker = rig.breaker();
      const outer = compilePipeline({ name: 'outer', timeout: rig.timeout(100) }, rig);
      const inner = compilePipeline({ name: 'inner', circuitBreaker }, rig);
      const call = outcomeOf(outer.call(() => inner.call(job.run, undefined, []), undefined, []));
      await rig.clock.advance(100);
      expect(call.settled).toBe(1);
      expect(circuitBreaker.machine.snapshot(0).totals).toMatchObject({ failed: 1, ignored: 0 });
    });

    it('leaves nothing with an outer attempt that goes on', async () => {
      const adopt = jest.spyOn(Attempt.prototype, 'adopt');
      const disown = jest.spyOn(Attempt.prototype, 'disown');
      const outer = compilePipeline({ name: 'outer', timeout: rig.timeout(100), hedge: rig.hedge(50) }, rig);
      const inner = compilePipeline({ name: 'inner', bulkhead: rig.bulkhead(1) }, rig);
      await outer.call(() => inner.call(() => 1, undefined, []), undefined, []);
      await rig.clock.advance(0);
      const adopted = adopt.mock.calls.flat();
      expect(adopted).toHaveLength(3);
      expect(new Set(disown.mock.calls.flat())).toEqual(new Set(adopted));
      jest.restoreAllMocks();
    });

    it('makes no abort signal for that', async () => {
      const outer = compilePipeline({ name: 'outer', timeout: rig.timeout(100) }, rig);
      const inner = compilePipeline({ name: 'inner', retry: rig.retry(2) }, rig);
      const spy = jest.spyOn(globalThis, 'AbortController');
      await outer.call(() => inner.call(() => 1, undefined, []), undefined, []);
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    });
  });
});
