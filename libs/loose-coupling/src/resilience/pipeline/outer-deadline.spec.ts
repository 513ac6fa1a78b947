import { FakeClock } from '../../testing/fake-clock.js';
import { ResiliencePipeline } from './resilience-pipeline.js';
import { outcomeOf } from './testing/pipeline-rig.js';

describe('a deadline of an outer pipeline', () => {
  it('opens the circuit of an inner one whose dependency hangs', async () => {
    const clock = new FakeClock();
    const inner = ResiliencePipeline.builder('inner').clock(clock).circuitBreaker({ consecutiveFailures: 3 }).build();
    const outer = ResiliencePipeline.builder('outer').clock(clock).timeout(100).build();
    for (let call = 0; call < 3; call += 1) {
      const answer = outer.execute(() => inner.execute(() => new Promise(() => undefined)));
      const call = outcomeOf(answer);
      await clock.advance(100);
      expect(call.error).toMatchObject({ code: 'LC_OPERATION_TIMEOUT' });
    }
    expect(inner.circuit?.state).toBe('open');
  });
});
