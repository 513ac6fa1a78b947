import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import { compilePipeline } from './compile-pipeline.js';
import { DeadlineNode, DeadlineQueue } from './deadline-queue.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

class Node extends DeadlineNode {
  constructor(
    private readonly name: string,
    private readonly expired: string[],
  ) {
    super();
  }

  expire(): void {
    this.expired.push(this.name);
  }
}

describe('deadlines', () => {
  let rig: PipelineRig;
  let job: Job;
  beforeEach(() => {
    rig = new PipelineRig();
    job = new Job();
  });

  it('share one timer, which is gone when nothing is armed', async () => {
    const expired: string[] = [];
    const queue = new DeadlineQueue(rig.clock, 100);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new Node(name, expired)) as [Node, Node, Node];
    queue.arm(a, rig.clock.monotonic());
    await rig.clock.advance(40);
    queue.arm(b, rig.clock.monotonic());
    queue.arm(c, rig.clock.monotonic());
    expect(rig.clock.pendingTimers).toBe(1);
    queue.disarm(b);
    await rig.clock.advance(60);
    expect(expired).toEqual(['a']);
    await rig.clock.advance(39);
    expect(expired).toEqual(['a']);
    await rig.clock.advance(1);
    expect(expired).toEqual(['a', 'c']);
    await rig.clock.advance(0);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('set no timer per call while calls follow each other', async () => {
    const setTimer = jest.spyOn(rig.clock, 'setTimer');
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100) }, rig);
    for (let call = 0; call < 100; call++) await pipeline.execute(() => call);
    expect(setTimer).toHaveBeenCalledTimes(1);
    await rig.clock.advance(0);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('still pass for what was armed in the turn that found nothing else armed', async () => {
    const expired: string[] = [];
    const queue = new DeadlineQueue(rig.clock, 100);
    const [a, b] = ['a', 'b'].map((name) => new Node(name, expired)) as [Node, Node];
    queue.arm(a, 0);
    queue.disarm(a);
    queue.arm(b, 0);
    await rig.clock.advance(100);
    expect(expired).toEqual(['b']);
  });

  it('leave no timer behind when the call was in time', async () => {
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(50, 100) }, rig);
    await pipeline.execute(() => 1);
    await rig.clock.advance(0);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('follow a reload with the next attempt', async () => {
    const timeout = { ...rig.timeout(100, 1_000) };
    const pipeline = compilePipeline({ name: 'p', timeout }, rig);
    const before = outcomeOf(pipeline.call(job.run, undefined, []));
    Object.assign(timeout, { attempt: 20 });
    const after = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(20);
    expect([before.settled, after.settled]).toEqual([0, 1]);
    Object.assign(timeout, { attempt: undefined, total: 30 });
    const total = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(30);
    expect(total.error).toMatchObject({ scope: 'total', timeout: 30 });
    await rig.clock.advance(50);
    expect(before.error).toMatchObject({ scope: 'attempt', timeout: 100 });
  });

  it('try an attempt again that timed out in the queue of the bulkhead', async () => {
    const set = { name: 'p', retry: rig.retry(2), timeout: rig.timeout(50), bulkhead: rig.bulkhead(1, 1) };
    const pipeline = compilePipeline(set, rig);
    const blocking = compilePipeline({ name: 'b', bulkhead: set.bulkhead }, rig);
    void blocking.call(job.run, undefined, []);
    const call = outcomeOf(pipeline.execute(() => 'second'));
    await rig.clock.advance(50);
    job.resolve('room');
    await rig.clock.advance(100);
    expect(call.value).toBe('second');
  });

  it('end all attempts also when a hedge is between them and the call', async () => {
    const set = { name: 'p', hedge: rig.hedge(10), timeout: rig.timeout(1_000, 100) };
    const call = outcomeOf(compilePipeline(set, rig).call(job.run, undefined, []));
    await rig.clock.advance(100);
    expect(call.error).toMatchObject({ scope: 'total', timeout: 100 });
  });

  it('try an attempt that timed out again', async () => {
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(2), timeout: rig.timeout(100) }, rig);
    const call = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(200);
    expect(job.calls).toBe(2);
    job.pending[1]?.resolve('second');
    await rig.clock.advance(0);
    expect(call.value).toBe('second');
  });

  it('do not let the answer of an attempt that timed out be that of the next', async () => {
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(2), timeout: rig.timeout(100) }, rig);
    const call = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(200);
    job.resolve('first, late');
    await rig.clock.advance(0);
    expect(call.settled).toBe(0);
    job.resolve('second');
    await rig.clock.advance(0);
    expect(call.value).toBe('second');
  });

  it.each([
    ['timeout.total', (r: PipelineRig) => ({ retry: r.retry(9), timeout: r.timeout(100, 250) }), 'timeout', 250],
    ['retry.totalTimeout', (r: PipelineRig) => ({ retry: r.retry(9, { totalTimeout: 250 }) }), 'retry', 250],
    [
      'the nearer of both',
      (r: PipelineRig) => ({ retry: r.retry(9, { totalTimeout: 150 }), timeout: r.timeout(undefined, 250) }),
      'retry',
      150,
    ],
  ])('end all attempts by %s, for good', async (_name, partsFor, policy, total) => {
    const pipeline = compilePipeline({ name: 'p', ...partsFor(rig) }, rig);
    const call = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(total);
    expect(call.error).toBeInstanceOf(OperationTimeoutError);
    expect(call.error).toMatchObject({ policy, timeout: total, scope: 'total' });
    const { calls } = job;
    await rig.clock.advance(10_000);
    expect(job.calls).toBe(calls);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('count in the breaker when they cut work off, and not when it had not begun', async () => {
    const circuitBreaker = rig.breaker();
    const timeout = rig.timeout(100, 150);
    const set = { name: 'p', circuitBreaker, timeout, bulkhead: rig.bulkhead(1, 5), retry: rig.retry(2) };
    const pipeline = compilePipeline(set, rig);
    const running = outcomeOf(pipeline.call(job.run, undefined, []));
    const queued = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(100);
    expect(circuitBreaker.machine.snapshot(0).totals).toMatchObject({ failed: 1, ignored: 1 });
    await rig.clock.advance(50);
    expect([running.error, queued.error]).toEqual([
      expect.objectContaining({ scope: 'attempt' }),
      expect.objectContaining({ scope: 'attempt' }),
    ]);
    const total = compilePipeline({ name: 'p', circuitBreaker, timeout: rig.timeout(undefined, 100) }, rig);
    void outcomeOf(total.call(job.run, undefined, []));
    await rig.clock.advance(100);
    expect(circuitBreaker.machine.snapshot(0).totals).toMatchObject({ failed: 2 });
  });

  it('keep a permit for good when the work never ends', async () => {
    const bulkhead = rig.bulkhead(1);
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100), bulkhead }, rig);
    void outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(1_000_000);
    expect(bulkhead.machine.active).toBe(1);
  });

  it('carry no stack trace in their errors, and leave the limit of traces as it was', async () => {
    const limit = Error.stackTraceLimit;
    const pipeline = compilePipeline({ name: 'p', timeout: rig.timeout(100) }, rig);
    const call = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(100);
    expect((call.error as Error).stack).not.toContain('\n    at ');
    expect(Error.stackTraceLimit).toBe(limit);
  });
});
