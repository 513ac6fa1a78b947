import { BulkheadFullError } from '../errors/bulkhead-full.error.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import { HedgeLostError } from '../errors/hedge-lost.error.js';
import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import type { AttemptContext } from './attempt.port.js';
import { compilePipeline } from './compile-pipeline.js';
import { currentAttempt } from './current-attempt.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

describe('a hedge', () => {
  let rig: PipelineRig;
  let job: Job;
  beforeEach(() => {
    rig = new PipelineRig().watch();
    job = new Job();
  });

  it('sends a second request beside a slow one, and answers with the first to come', async () => {
    const reasons: unknown[] = [];
    const work = ({ signal }: AttemptContext) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      return job.run();
    };
    const bulkhead = rig.bulkhead(5);
    const circuitBreaker = rig.breaker();
    const pipeline = compilePipeline({ name: 'p', hedge: rig.hedge(100), circuitBreaker, bulkhead }, rig);
    const call = outcomeOf(pipeline.execute(work));
    await rig.clock.advance(99);
    expect(job.calls).toBe(1);
    await rig.clock.advance(1);
    expect(job.calls).toBe(2);
    job.pending[1]?.resolve('second');
    await rig.clock.advance(0);
    expect(call.value).toBe('second');
    expect(reasons).toEqual([expect.any(HedgeLostError)]);
    expect(rig.types).toEqual(['hedge']);
    // The loser still runs, holds its permit, and says nothing about the dependency.
    expect(bulkhead.machine.active).toBe(1);
    expect(circuitBreaker.machine.snapshot(0).totals).toMatchObject({ succeeded: 1, failed: 0, ignored: 1 });
    job.pending[0]?.reject(new Error('late'));
    await rig.clock.advance(1_000);
    expect([bulkhead.machine.active, job.calls, rig.clock.pendingTimers]).toEqual([0, 2, 0]);
  });

  it('sends nothing beside what answers in time', async () => {
    const pipeline = compilePipeline({ name: 'p', hedge: rig.hedge(100) }, rig);
    expect(await pipeline.execute(() => 'quick')).toBe('quick');
    await rig.clock.advance(1_000);
    expect([rig.clock.pendingTimers, rig.seen]).toEqual([0, []]);
  });

  it('waits for the other request when one fails, and fails when all have', async () => {
    const pipeline = compilePipeline({ name: 'p', hedge: rig.hedge(100) }, rig);
    const call = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(100);
    job.reject(new Error('first'));
    await rig.clock.advance(0);
    expect(call.settled).toBe(0);
    job.reject(new Error('second'));
    await rig.clock.advance(0);
    expect(call.error).toEqual(new Error('second'));
  });

  it('fails at once when the only request does', async () => {
    const pipeline = compilePipeline({ name: 'p', hedge: rig.hedge(100) }, rig);
    await expect(pipeline.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('does not fail for want of budget', async () => {
    const budget = { deposit: jest.fn(), tryWithdraw: () => false, snapshot: () => ({ available: 0 }) };
    const pipeline = compilePipeline({ name: 'p', hedge: rig.hedge(100, 3, budget) }, rig);
    const call = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(1_000);
    job.resolve('slow');
    await rig.clock.advance(0);
    expect([call.value, job.calls, budget.deposit.mock.calls.length]).toEqual(['slow', 1, 1]);
  });

  it('counts a call that was let through once for its budget, and a refused one never', async () => {
    const budget = { deposit: jest.fn(), tryWithdraw: () => true, snapshot: () => ({ available: 1 }) };
    const circuitBreaker = rig.breaker({ consecutiveFailures: 1 });
    const pipeline = compilePipeline({ name: 'p', hedge: rig.hedge(100, 3, budget), circuitBreaker }, rig);
    const deposits = () => budget.deposit.mock.calls.length;
    const slow = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(150);
    expect([job.calls, deposits()]).toEqual([2, 1]);
    job.resolve('first');
    await rig.clock.advance(0);
    expect([slow.value, deposits()]).toEqual(['first', 1]);
    await pipeline.call(() => Promise.reject(new Error('down')), undefined, []).catch(() => undefined);
    expect(deposits()).toBe(2);
    const refused = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(0);
    expect(refused.error).toBeInstanceOf(CircuitOpenError);
    expect(deposits()).toBe(2);
  });

  it('gives all its requests up with the attempt around it', async () => {
    const seen: unknown[] = [];
    const work = () => {
      const attempt = currentAttempt();
      attempt?.signal.addEventListener('abort', () => seen.push(attempt.signal.reason));
      return job.run();
    };
    const set = { name: 'p', retry: rig.retry(1, { totalTimeout: 250 }), hedge: rig.hedge(100, 5) };
    const pipeline = compilePipeline(set, rig);
    const call = outcomeOf(pipeline.call(work, undefined, []));
    await rig.clock.advance(250);
    expect(call.error).toBeInstanceOf(OperationTimeoutError);
    expect(seen).toEqual([call.error, call.error, call.error]);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('gives every request of a call its own number, over retries too', async () => {
    const numbers: number[] = [];
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(2), hedge: rig.hedge(100, 2) }, rig);
    const call = outcomeOf(
      pipeline.execute((context) => {
        numbers.push(context.attempt);
        return job.run();
      }),
    );
    await rig.clock.advance(100);
    job.reject(new Error('down'));
    job.reject(new Error('down'));
    await rig.clock.advance(200);
    job.resolve('third');
    await rig.clock.advance(0);
    expect([call.value, numbers]).toEqual(['third', [1, 2, 3, 4]]);
  });

  it('sends nothing more after a shutdown', async () => {
    const pipeline = compilePipeline({ name: 'p', hedge: rig.hedge(100) }, rig);
    void outcomeOf(pipeline.call(job.run, undefined, []));
    rig.shutdown.shutDown(new Error('closing'));
    await rig.clock.advance(1_000);
    expect(job.calls).toBe(1);
  });

  it('sends nothing beside a request whose answer has begun, and fails with it', async () => {
    const failing = (error: Error) => Promise.reject<string>(error);
    for (const begins of ['at once', 'later']) {
      const pipeline = compilePipeline({ name: 'p', hedge: rig.hedge(100) }, rig);
      const call = outcomeOf(
        pipeline.execute(async ({ answerBegan }) => {
          if (begins === 'later') await new Promise((resolve) => rig.clock.setTimer(() => resolve(undefined), 50));
          answerBegan();
          await job.run();
          return failing(new Error('broke off'));
        }),
      );
      await rig.clock.advance(1_000);
      expect(rig.types).toEqual([]);
      job.resolve('go on');
      await rig.clock.advance(0);
      expect(call.error).toEqual(new Error('broke off'));
      expect(rig.clock.pendingTimers).toBe(0);
    }
  });

  it('stays with the request whose answer has begun, whatever the others do', async () => {
    const legs: AttemptContext[] = [];
    const retry = rig.retry(3);
    const pipeline = compilePipeline({ name: 'p', retry, hedge: rig.hedge(100, 3) }, rig);
    const call = outcomeOf(pipeline.execute((leg) => (legs.push(leg), job.run())));
    await rig.clock.advance(100);
    const [first, second] = legs as [AttemptContext, AttemptContext];
    const signals = legs.map((leg) => leg.signal);
    second.answerBegan();
    first.answerBegan();
    expect(signals.map((signal) => signal.reason)).toEqual([expect.any(HedgeLostError), undefined]);
    job.resolve('of the first');
    await rig.clock.advance(1_000);
    expect([call.settled, job.calls]).toEqual([0, 2]);
    job.reject(new Error('of the second'));
    await rig.clock.advance(1_000);
    expect([call.error, job.calls]).toEqual([new Error('of the second'), 2]);
  });

  it.each([
    ['a refusal', () => new BulkheadFullError('bulkhead', 1, 'full')],
    ['an error of a connection that was not made', () => Object.assign(new Error('no'), { code: 'ECONNREFUSED' })],
  ])('does not hide the error of a request that was sent behind %s', async (_what, refusal) => {
    for (const order of [
      [new Error('sent'), refusal()],
      [refusal(), new Error('sent')],
    ]) {
      const pipeline = compilePipeline({ name: 'p', hedge: rig.hedge(100) }, rig);
      const call = outcomeOf(pipeline.call(job.run, undefined, []));
      await rig.clock.advance(100);
      for (const error of order) {
        job.reject(error);
        await rig.clock.advance(0);
      }
      expect(call.error).toEqual(new Error('sent'));
    }
  });
});
