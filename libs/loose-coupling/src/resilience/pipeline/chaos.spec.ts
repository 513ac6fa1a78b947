import type { ChaosOptions } from '../options/policy-options.js';
import { compilePipeline } from './compile-pipeline.js';
import { outcomeOf, PipelineRig } from './testing/pipeline-rig.js';

describe('chaos', () => {
  let rig: PipelineRig;
  beforeEach(() => (rig = new PipelineRig()));

  const pipelineOf = (options: ChaosOptions, circuitBreaker = rig.breaker()) =>
    compilePipeline({ name: 'p', circuitBreaker, chaos: { name: 'c', options } }, rig);

  it('does nothing unless it is switched on', async () => {
    rig.chaosEnabled = () => false;
    expect(await pipelineOf({ rate: 1, outcome: () => 'chaos' }).execute(() => 'work')).toBe('work');
  });

  it('strikes the share of calls that it is told to', async () => {
    const pipeline = pipelineOf({ rate: 0.3, outcome: () => 'chaos' });
    rig.random = () => 0.3;
    expect(await pipeline.execute(() => 'work')).toBe('work');
    rig.random = () => 0.29;
    expect(await pipeline.execute(() => 'work')).toBe('chaos');
  });

  it('throws what the policies around it take for a failure of the work', async () => {
    const circuitBreaker = rig.breaker();
    const pipeline = pipelineOf({ rate: 1, fault: () => new Error('chaos') }, circuitBreaker);
    await expect(pipeline.execute(() => 'work')).rejects.toThrow('chaos');
    expect(circuitBreaker.machine.snapshot(0).failures).toBe(1);
  });

  it('delays the work, and ends that when the caller gives up', async () => {
    const pipeline = pipelineOf({ rate: 1, latency: 100 });
    const work = jest.fn(() => 'work');
    const call = outcomeOf(pipeline.call(work, undefined, []));
    await rig.clock.advance(99);
    expect(work).not.toHaveBeenCalled();
    await rig.clock.advance(1);
    expect(call.value).toBe('work');
    const controller = new AbortController();
    const given = outcomeOf(pipeline.call(work, undefined, [], controller.signal));
    await rig.clock.advance(50);
    controller.abort('gone');
    await rig.clock.advance(0);
    expect([given.error, rig.clock.pendingTimers, work.mock.calls.length]).toEqual(['gone', 0, 1]);
  });
});
