import { BulkheadFullError } from '../errors/bulkhead-full.error.js';
import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import { CANONICAL_ORDER } from '../options/policy-options.js';
import { compilePipeline } from './compile-pipeline.js';
import { canonicalRuns, effectiveOrder } from './effective-order.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

describe('the order of policies', () => {
  let rig: PipelineRig;
  let job: Job;
  beforeEach(() => {
    rig = new PipelineRig();
    job = new Job();
  });

  it('is the canonical one, whatever the order in which they are given', () => {
    const set = { name: 'p', bulkhead: rig.bulkhead(1), retry: rig.retry(2), circuitBreaker: rig.breaker() };
    expect(compilePipeline(set, rig).order).toEqual(['retry', 'circuitBreaker', 'bulkhead']);
    expect(compilePipeline({ name: 'p' }, rig).order).toEqual([]);
  });

  it('can be changed, and what is left out takes its place among the others', () => {
    expect(effectiveOrder(new Set(['retry', 'timeout']), ['timeout', 'retry'])).toEqual(['timeout', 'retry']);
    expect(effectiveOrder(new Set(['fallback', 'retry', 'bulkhead']), ['bulkhead', 'retry'])).toEqual([
      'fallback',
      'bulkhead',
      'retry',
    ]);
    expect(effectiveOrder(new Set(CANONICAL_ORDER), [])).toEqual(CANONICAL_ORDER);
  });

  it('is cut into as few canonical pieces as there can be', () => {
    expect(canonicalRuns(CANONICAL_ORDER)).toEqual([CANONICAL_ORDER]);
    expect(canonicalRuns(['timeout', 'retry', 'bulkhead', 'circuitBreaker'])).toEqual([
      ['timeout'],
      ['retry', 'bulkhead'],
      ['circuitBreaker'],
    ]);
  });

  it('with the timeout outside of the retry limits all attempts together', async () => {
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(9), timeout: rig.timeout(150) }, rig, [
      'timeout',
      'retry',
    ]);
    const numbers: number[] = [];
    const call = outcomeOf(
      pipeline.execute(({ attempt }) => {
        numbers.push(attempt);
        return Promise.reject(new Error('down'));
      }),
    );
    await rig.clock.advance(150);
    expect(call.error).toBeInstanceOf(OperationTimeoutError);
    await rig.clock.advance(10_000);
    expect(numbers).toEqual([1, 2]);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('with the breaker outside of the retry counts a call, not its attempts', async () => {
    const circuitBreaker = rig.breaker();
    const pipeline = compilePipeline({ name: 'p', retry: rig.retry(3), circuitBreaker }, rig, [
      'circuitBreaker',
      'retry',
    ]);
    const call = outcomeOf(pipeline.execute(() => Promise.reject(new Error('down'))));
    await rig.clock.advance(1_000);
    expect(call.settled).toBe(1);
    expect(circuitBreaker.machine.snapshot(0).failures).toBe(1);
  });

  it('with the bulkhead outside of the timeout still holds the permit until the work has ended', async () => {
    const bulkhead = rig.bulkhead(1);
    const set = { name: 'p', bulkhead, timeout: rig.timeout(100), retry: rig.retry(2) };
    const pipeline = compilePipeline(set, rig, ['bulkhead', 'retry', 'timeout']);
    const call = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(200);
    expect(job.calls).toBe(2);
    job.pending[1]?.resolve('second');
    await rig.clock.advance(0);
    expect(call.value).toBe('second');
    // The first attempt timed out, and still runs.
    expect(bulkhead.machine.active).toBe(1);
    await expect(pipeline.execute(() => 1)).rejects.toThrow(BulkheadFullError);
    job.pending[0]?.reject(new Error('late'));
    await rig.clock.advance(0);
    expect(bulkhead.machine.active).toBe(0);
  });

  it('with the bulkhead outermost holds the permit of a caller that gave up until the work has ended', async () => {
    const bulkhead = rig.bulkhead(1);
    const pipeline = compilePipeline({ name: 'p', bulkhead, hedge: rig.hedge(50) }, rig, ['bulkhead', 'hedge']);
    const controller = new AbortController();
    const call = outcomeOf(pipeline.call(job.run, undefined, [], controller.signal));
    await rig.clock.advance(50);
    controller.abort('gone');
    await rig.clock.advance(0);
    expect([call.error, job.calls, bulkhead.machine.active]).toEqual(['gone', 2, 1]);
    job.resolve('one');
    await rig.clock.advance(0);
    expect(bulkhead.machine.active).toBe(1);
    job.resolve('other');
    await rig.clock.advance(0);
    expect(bulkhead.machine.active).toBe(0);
  });

  it('counts a deadline of the same pipeline that is further out as a failure of the work', async () => {
    const circuitBreaker = rig.breaker();
    const pipeline = compilePipeline({ name: 'p', circuitBreaker, timeout: rig.timeout(100) }, rig, [
      'timeout',
      'circuitBreaker',
    ]);
    void outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(100);
    expect(circuitBreaker.machine.snapshot(0).totals).toMatchObject({ failed: 1, ignored: 0 });
  });
});
