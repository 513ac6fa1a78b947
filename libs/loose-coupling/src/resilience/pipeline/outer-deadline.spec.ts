import { FakeClock } from '../../testing/fake-clock.js';
import { ResiliencePipeline } from './resilience-pipeline.js';

describe('a deadline of an outer pipeline', () => {
  it('opens the circuit of an inner one whose dependency hangs', async () => {
    const clock = new FakeClock();
    const inner = ResiliencePipeline.builder('inner').clock(clock).circuitBreaker({ consecutiveFailures: 3 }).build();
    const outer = ResiliencePipeline.builder('outer').clock(clock).timeout(100).build();
    for (let call = 0; call < 3; call += 1) {
      const answer = outer.execute(() => inner.execute(() => new Promise(() => undefined)));
      const failed = expect(answer).rejects.toMatchObject({ code: 'LC_OPERATION_TIMEOUT' });
      await clock.advance(100);
      await failed;
    }
    expect(inner.circuit?.state).toBe('open');
  });
});
