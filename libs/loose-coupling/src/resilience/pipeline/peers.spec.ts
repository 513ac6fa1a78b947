import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { BulkheadFullError } from '../errors/bulkhead-full.error.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import { compilePipeline } from './compile-pipeline.js';
import { currentAttempt } from './current-attempt.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

describe('what cockatiel gets wrong', () => {
  let rig: PipelineRig;
  beforeEach(() => (rig = new PipelineRig()));

  it('[cockatiel-1] queued work runs in the asynchronous context of its own caller', async () => {
    const request = new AsyncLocalStorage<string>();
    const pipeline = compilePipeline({ name: 'p', bulkhead: rig.bulkhead(1, 10) }, rig);
    const work = async () => {
      await rig.clock.advance(0);
      return request.getStore();
    };
    const callers = ['A', 'B', 'C'].map((name) => request.run(name, () => pipeline.execute(work)));
    expect(await Promise.all(callers)).toEqual(['A', 'B', 'C']);
  });

  it('[cockatiel-2] a queued call that was accepted is not refused because others barge in', async () => {
    const job = new Job();
    const pipeline = compilePipeline({ name: 'p', bulkhead: rig.bulkhead(1, 1) }, rig);
    const first = outcomeOf(pipeline.call(job.run, undefined, []));
    const queued = outcomeOf(pipeline.call(job.run, undefined, []));
    job.resolve('first');
    // In the very gap between the release and the waiter's start.
    const barging = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(0);
    expect([first.value, queued.settled, job.calls]).toEqual(['first', 0, 2]);
    job.resolve('queued');
    await rig.clock.advance(0);
    expect(queued.value).toBe('queued');
    job.resolve('barging');
    await rig.clock.advance(0);
    expect(barging.settled).toBe(1);
  });

  it('[cockatiel-3] an aborted call leaves the queue, and is rejected, at once', async () => {
    const job = new Job();
    const bulkhead = rig.bulkhead(1, 10);
    const pipeline = compilePipeline({ name: 'p', bulkhead }, rig);
    void pipeline.call(job.run, undefined, []);
    const controller = new AbortController();
    const queued = outcomeOf(pipeline.call(job.run, undefined, [], controller.signal));
    expect(bulkhead.machine.snapshot().queued).toBe(1);
    controller.abort('no longer wanted');
    expect(bulkhead.machine.snapshot().queued).toBe(0);
    await rig.clock.advance(0);
    expect(queued.error).toBe('no longer wanted');
    expect(job.calls).toBe(1);
  });

  it('[cockatiel-5] a hung probe does not make the other callers hang', async () => {
    const job = new Job();
    const circuitBreaker = rig.breaker({ consecutiveFailures: 1, openDuration: 1_000 });
    const pipeline = compilePipeline({ name: 'p', circuitBreaker }, rig);
    await expect(pipeline.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await rig.clock.advance(1_000);
    const probe = outcomeOf(pipeline.call(job.run, undefined, []));
    const others = Array.from({ length: 100 }, () => outcomeOf(pipeline.call(job.run, undefined, [])));
    await rig.clock.advance(0);
    expect(others.every(({ error }) => error instanceof CircuitOpenError)).toBe(true);
    expect([probe.settled, job.calls]).toEqual([0, 1]);
  });

  it("[cockatiel-7] the caller's own reason, and no timeout, is what an abort by the caller is reported as", async () => {
    const job = new Job();
    rig.watch();
    const circuitBreaker = rig.breaker({ consecutiveFailures: 1 });
    const pipeline = compilePipeline({ name: 'p', circuitBreaker, timeout: rig.timeout(10_000) }, rig);
    const controller = new AbortController();
    const call = outcomeOf(pipeline.call(job.run, undefined, [], controller.signal));
    const reason = new Error('client went away');
    controller.abort(reason);
    await rig.clock.advance(0);
    expect(call.error).toBe(reason);
    expect(rig.types).not.toContain('timeout');
    expect(circuitBreaker.machine.snapshot(0)).toMatchObject({ state: 'closed', totals: { ignored: 1, failed: 0 } });
  });

  it('[cockatiel-8] the signal of an attempt that has succeeded is not aborted, whatever happens later', async () => {
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(2), timeout: rig.timeout(100) }, rig);
    const controller = new AbortController();
    const signal = await pipeline.execute(({ signal }) => Promise.resolve(signal), controller.signal);
    controller.abort();
    rig.shutdown.shutDown(new Error('closing'));
    await rig.clock.advance(1_000);
    expect(signal.aborted).toBe(false);
  });

  it('[cockatiel-9] an abort ends the wait between attempts, and none is made after it', async () => {
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(5) }, rig);
    const controller = new AbortController();
    let attempts = 0;
    const failing = () => {
      attempts += 1;
      return Promise.reject(new Error('down'));
    };
    const call = outcomeOf(pipeline.call(failing, undefined, [], controller.signal));
    await rig.clock.advance(50);
    controller.abort('enough');
    await rig.clock.advance(0);
    expect(call.error).toBe('enough');
    expect(rig.clock.pendingTimers).toBe(0);
    await rig.clock.advance(10_000);
    expect(attempts).toBe(1);
  });

  it("[cockatiel-10] a listener that throws does not replace the caller's error", async () => {
    rig.events.on(() => {
      throw new Error('listener');
    });
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(1), circuitBreaker: rig.breaker() }, rig);
    await expect(pipeline.execute(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });
});

describe('what opossum gets wrong', () => {
  let rig: PipelineRig;
  beforeEach(() => (rig = new PipelineRig()));

  it('[opossum-1] work that timed out keeps its place until it has really ended', async () => {
    const job = new Job();
    const bulkhead = rig.bulkhead(1);
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100), bulkhead }, rig);
    const call = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(100);
    expect(call.error).toBeInstanceOf(OperationTimeoutError);
    await expect(pipeline.call(job.run, undefined, [])).rejects.toThrow(BulkheadFullError);
    expect(bulkhead.machine.snapshot().active).toBe(1);
    job.resolve('late');
    await rig.clock.advance(0);
    expect(bulkhead.machine.snapshot().active).toBe(0);
  });

  it('[opossum-2] what the bulkhead refuses is no failure of the dependency', async () => {
    const job = new Job();
    const circuitBreaker = rig.breaker({ consecutiveFailures: 1 });
    const pipeline = compilePipeline({ name: 'p', circuitBreaker, bulkhead: rig.bulkhead(1) }, rig);
    void pipeline.call(job.run, undefined, []);
    for (let call = 0; call < 5; call++) {
      await expect(pipeline.call(job.run, undefined, [])).rejects.toThrow(BulkheadFullError);
    }
    expect(circuitBreaker.machine.snapshot(0)).toMatchObject({ state: 'closed', totals: { failed: 0, ignored: 5 } });
  });

  it('[opossum-3] a timeout aborts its own attempt only', async () => {
    const signals: AbortSignal[] = [];
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100) }, rig);
    const job = new Job();
    const work = ({ signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return job.run();
    };
    const first = outcomeOf(pipeline.execute(work));
    await rig.clock.advance(50);
    const second = outcomeOf(pipeline.execute(work));
    await rig.clock.advance(50);
    expect(first.error).toBeInstanceOf(OperationTimeoutError);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    job.pending[1]?.resolve('healthy');
    await rig.clock.advance(0);
    expect(second.value).toBe('healthy');
    void pipeline.execute(work).catch(() => undefined);
    expect(signals[2]?.aborted).toBe(false);
  });

  it.each([undefined, null, 7])('[opossum-9] a synchronous result of %p is a result', async (value) => {
    for (const set of [{}, { circuitBreaker: rig.breaker() }, { retry: rig.retry(2), timeout: rig.timeout(100) }]) {
      expect(await compilePipeline({ name: 'p', ...set }, rig).call(() => value, undefined, [])).toBe(value);
    }
  });

  it('[opossum-10] deadlines do not keep the process alive', async () => {
    const unref: (boolean | undefined)[] = [];
    const setTimer = rig.clock.setTimer.bind(rig.clock);
    rig.clock.setTimer = (callback, delay, options?: { unref?: boolean }) => {
      unref.push(options?.unref);
      return setTimer(callback, delay);
    };
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100, 200) }, rig);
    await pipeline.execute(() => 1);
    expect(unref).toEqual([true, true]);
  });
});

describe('what nestjs-resilience gets wrong', () => {
  it('[nestjs-resilience-3] many queued calls leave no listener behind, and the limit holds through retries', async () => {
    const rig = new PipelineRig();
    const bulkhead = rig.bulkhead(2, 100);
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(3), bulkhead }, rig);
    const controller = new AbortController();
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      throw new Error('down');
    };
    const calls = Array.from({ length: 50 }, () =>
      pipeline.call(work, undefined, [], controller.signal).catch(() => undefined),
    );
    const all = outcomeOf(Promise.all(calls));
    while (all.settled === 0) await rig.clock.advance(100);
    expect(most).toBe(2);
    expect(bulkhead.machine.snapshot()).toMatchObject({ active: 0, queued: 0 });
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    expect([rig.shutdown.size, rig.clock.pendingTimers]).toEqual([0, 0]);
  });

  it('[nestjs-resilience-7] a timeout tells the work to stop', async () => {
    const rig = new PipelineRig();
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100) }, rig);
    let reason: unknown;
    const work = () =>
      new Promise((_resolve, reject) => {
        currentAttempt()?.signal.addEventListener('abort', function (this: AbortSignal) {
          reason = this.reason;
          reject(this.reason);
        });
      });
    const call = outcomeOf(pipeline.call(work, undefined, []));
    await rig.clock.advance(100);
    expect(reason).toBeInstanceOf(OperationTimeoutError);
    expect(call.error).toBe(reason);
  });
});
