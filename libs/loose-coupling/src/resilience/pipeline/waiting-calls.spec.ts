import { compilePipeline } from './compile-pipeline.js';
import type { PolicySet } from './policy-set.port.js';
import { Job, outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

describe('calls that wait when the circuit opens', () => {
  let rig: PipelineRig;
  beforeEach(() => {
    rig = new PipelineRig().watch();
  });

  const down = async (): Promise<never> => {
    await new Promise((resolve) => rig.clock.setTimer(() => resolve(undefined), 10));
    throw new Error('down');
  };
  const codes = (calls: { error?: unknown }[]) => calls.map(({ error }) => (error as { code?: string }).code ?? 'down');

  const waits: [string, (r: PipelineRig) => Omit<PolicySet, 'name'>][] = [
    ['in the queue of a bulkhead', (r) => ({ bulkhead: r.bulkhead(1, 10) })],
    ['for their turn', (r) => ({ rateLimit: r.rateLimit(1, 100, 10_000) })],
    ['for both', (r) => ({ rateLimit: r.rateLimit(1, 5, 10_000), bulkhead: r.bulkhead(1, 10) })],
  ];

  it.each(waits)('%s are refused', async (_how, partsFor) => {
    const circuitBreaker = rig.breaker({ consecutiveFailures: 2 });
    const parts = partsFor(rig);
    const pipeline = compilePipeline({ name: 'p', circuitBreaker, ...parts }, rig);
    const work = jest.fn(down);
    const calls = Array.from({ length: 5 }, () => outcomeOf(pipeline.call(work, undefined, [])));
    await rig.clock.advance(5_000);
    expect(codes(calls)).toEqual(['down', 'down', ...Array.from({ length: 3 }, () => 'LC_CIRCUIT_OPEN')]);
    expect(work).toHaveBeenCalledTimes(2);
    expect(rig.types).toEqual(['refused', 'refused', 'refused']);
    expect(circuitBreaker.machine.snapshot(5_000).totals).toMatchObject({ failed: 2, refused: 3 });
    if (parts.bulkhead !== undefined) expect(parts.bulkhead.slot.only?.snapshot().active).toBe(0);
  });

  it('further in are refused by a circuit further out', async () => {
    const circuitBreaker = rig.breaker({ consecutiveFailures: 1 });
    const bulkhead = rig.bulkhead(1, 10);
    const pipeline = compilePipeline({ name: 'p', circuitBreaker, retry: rig.retry(1), bulkhead }, rig, [
      'circuitBreaker',
      'retry',
    ]);
    const calls = [1, 2, 3].map(() => outcomeOf(pipeline.call(down, undefined, [])));
    await rig.clock.advance(5_000);
    // The one that is granted the room of the failed call begins before the circuit hears of the failure.
    expect(codes(calls)).toEqual(['down', 'down', 'LC_CIRCUIT_OPEN']);
    expect(bulkhead.machine.active).toBe(0);
  });

  it('count in the period that their work begins in', async () => {
    const circuitBreaker = rig.breaker({ consecutiveFailures: 1, openDuration: 100 });
    const pipeline = compilePipeline({ name: 'p', circuitBreaker, bulkhead: rig.bulkhead(1, 1) }, rig);
    const job = new Job();
    const running = outcomeOf(pipeline.call(job.run, undefined, []));
    const waiting = outcomeOf(pipeline.call(job.run, undefined, []));
    circuitBreaker.machine.openFor(100, 0);
    await rig.clock.advance(100);
    job.resolve('of before');
    await rig.clock.advance(0);
    expect(circuitBreaker.machine.state(100)).toBe('half-open');
    job.resolve('a probe');
    await rig.clock.advance(0);
    expect([running.value, waiting.value]).toEqual(['of before', 'a probe']);
    expect(circuitBreaker.machine.state(100)).toBe('closed');
  });

  it('as probes have all of their lease when their work begins', async () => {
    const circuitBreaker = rig.breaker({ consecutiveFailures: 1, openDuration: 1_000, halfOpenMaxWait: 500 });
    const rateLimit = rig.rateLimit(1, 2_000, 10_000);
    const pipeline = compilePipeline({ name: 'p', circuitBreaker, rateLimit }, rig);
    void outcomeOf(pipeline.call(down, undefined, []));
    await rig.clock.advance(1_100);
    const probe = outcomeOf(pipeline.call(() => 'fine', undefined, []));
    await rig.clock.advance(800);
    expect(circuitBreaker.machine.state(rig.clock.monotonic())).toBe('half-open');
    await rig.clock.advance(200);
    expect(probe.value).toBe('fine');
    expect(circuitBreaker.machine.state(rig.clock.monotonic())).toBe('closed');
  });
});
