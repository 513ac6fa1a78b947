import { AsyncLocalStorage } from 'node:async_hooks';
import { SystemClock } from '../../kernel/index.js';
import { BulkheadFullError } from '../errors/bulkhead-full.error.js';
import { compilePipeline } from './compile-pipeline.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

const STEPS = Number(process.env.RESILIENCE_STEPS ?? 1_000_000);
const QUEUED = Math.min(STEPS, 1_000_000);

describe('the queue of a bulkhead', () => {
  let rig: PipelineRig;
  let job: Job;
  beforeEach(() => {
    rig = new PipelineRig().watch();
    job = new Job();
  });

  it('is left after queueTimeout', async () => {
    const bulkhead = rig.bulkhead(1, 1, 200);
    const pipeline = compilePipeline({ name: 'p', bulkhead }, rig);
    void pipeline.call(job.run, undefined, []);
    const queued = outcomeOf(pipeline.call(job.run, undefined, []));
    await expect(pipeline.call(job.run, undefined, [])).rejects.toMatchObject({ reason: 'full', limit: 1 });
    await rig.clock.advance(200);
    expect(queued.error).toBeInstanceOf(BulkheadFullError);
    expect(queued.error).toMatchObject({ reason: 'queue-timeout' });
    expect(bulkhead.machine.snapshot()).toMatchObject({ active: 1, queued: 0 });
    expect(rig.types).toEqual(['refused', 'refused']);
    expect([rig.clock.pendingTimers, rig.shutdown.size]).toEqual([0, 0]);
  });

  it('sets no timeout for a call that got its place in time', async () => {
    const pipeline = compilePipeline({ name: 'p', bulkhead: rig.bulkhead(1, 1, 200) }, rig);
    void pipeline.call(job.run, undefined, []);
    const queued = outcomeOf(pipeline.call(job.run, undefined, []));
    job.resolve('first');
    await rig.clock.advance(0);
    expect(rig.clock.pendingTimers).toBe(0);
    job.resolve('second');
    await rig.clock.advance(0);
    expect(queued.value).toBe('second');
  });

  it.each(['grant first', 'abort first'])('neither leaks nor doubles a permit when both race: %s', async (order) => {
    const bulkhead = rig.bulkhead(1, 5);
    const pipeline = compilePipeline({ name: 'p', bulkhead }, rig);
    const controller = new AbortController();
    void pipeline.call(job.run, undefined, []);
    const queued = outcomeOf(pipeline.call(job.run, undefined, [], controller.signal));
    const next = outcomeOf(pipeline.call(job.run, undefined, []));
    const grant = () => bulkhead.machine.release();
    if (order === 'grant first') grant();
    controller.abort('gone');
    if (order === 'abort first') grant();
    await rig.clock.advance(0);
    expect(queued.error).toBe('gone');
    // The first call's permit was given back by hand; its own release has nothing to give.
    expect(bulkhead.machine.snapshot()).toMatchObject({ active: 1, queued: 0 });
    expect([job.calls, next.settled]).toEqual([2, 0]);
  });

  it('does not count as slowness of what is called', async () => {
    const settings = { slowCallRateThreshold: 50, slowCallDuration: 100 };
    const circuitBreaker = rig.breaker(settings);
    const pipeline = compilePipeline({ name: 'p', circuitBreaker, bulkhead: rig.bulkhead(1, 5) }, rig);
    void pipeline.call(job.run, undefined, []);
    const queued = outcomeOf(pipeline.call(job.run, undefined, []));
    await rig.clock.advance(200);
    job.resolve('slow');
    await rig.clock.advance(0);
    job.resolve('quick');
    await rig.clock.advance(0);
    expect(queued.value).toBe('quick');
    expect(circuitBreaker.machine.snapshot(rig.clock.monotonic())).toMatchObject({ calls: 2, slowCalls: 1 });
  });

  it(`lets none of ${QUEUED} queued calls see the context of another`, async () => {
    const request = new AsyncLocalStorage<number>();
    const environment = Object.assign(rig, { clock: new SystemClock() });
    const pipeline = compilePipeline({ name: 'p', bulkhead: rig.bulkhead(10, Infinity) }, environment);
    let crossed = 0;
    let seen = 0;
    const BATCH = 2_000;
    for (let first = 0; first < QUEUED; first += BATCH) {
      const calls: Promise<void>[] = [];
      for (let id = first; id < Math.min(first + BATCH, QUEUED); id++) {
        const work = async () => {
          if (request.getStore() !== id) crossed += 1;
          await undefined;
          if (request.getStore() !== id) crossed += 1;
          seen += 1;
        };
        calls.push(request.run(id, () => pipeline.call(work, undefined, [])));
      }
      await Promise.all(calls);
    }
    expect([seen, crossed]).toEqual([QUEUED, 0]);
  }, 180_000);
});
