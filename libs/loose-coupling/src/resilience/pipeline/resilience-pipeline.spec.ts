import { InvalidOptionsError } from '../../kernel/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import type { ResilienceEvent } from '../events/resilience-event.js';
import { ResiliencePipeline } from './resilience-pipeline.js';

const away = () => Promise.reject(new Error('away'));

describe('a pipeline that stands by itself', () => {
  it('gives the work its attempt, and what the work answers to the caller', async () => {
    const clock = new FakeClock();
    const pipeline = ResiliencePipeline.builder('inventory')
      .retry({ initialDelay: 0, maxAttempts: 3 })
      .clock(clock)
      .build();
    const attempts: number[] = [];
    const answer = pipeline.execute(({ attempt, signal }) => {
      attempts.push(attempt);
      if (attempt < 3) throw new Error('not yet');
      return signal.aborted;
    });
    await clock.advance(1);
    await expect(answer).resolves.toBe(false);
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('puts the policies in their order, however they are added', () => {
    const pipeline = ResiliencePipeline.builder()
      .bulkhead()
      .timeout(50)
      .rateLimit({ limit: 5 })
      .circuitBreaker()
      .hedge()
      .retry()
      .cache({ ttl: 5 })
      .fallback(() => 0)
      .build();
    expect(pipeline.order).toEqual([
      'fallback',
      'cache',
      'retry',
      'hedge',
      'circuitBreaker',
      'rateLimit',
      'timeout',
      'bulkhead',
    ]);
    expect(ResiliencePipeline.builder().retry().timeout(5).order(['timeout']).build().order).toEqual([
      'retry',
      'timeout',
    ]);
    expect(ResiliencePipeline.builder().retry().timeout(5).order(['timeout', 'retry']).build().order).toEqual([
      'timeout',
      'retry',
    ]);
  });

  it('tries fallbacks in the order that they are added', async () => {
    const pipeline = ResiliencePipeline.builder()
      .fallback(() => 'refused', { on: CircuitOpenError })
      .fallback((error) => `instead of ${String(error)}`)
      .build();
    await expect(pipeline.execute(away)).resolves.toBe('instead of Error: away');
  });

  it('shows its circuit and its bulkhead, and tells what happens', async () => {
    const clock = new FakeClock();
    const pipeline = ResiliencePipeline.builder('inventory')
      .circuitBreaker({ consecutiveFailures: 1 })
      .bulkhead(3)
      .clock(clock)
      .build();
    const events: ResilienceEvent[] = [];
    const stop = pipeline.subscribe((event) => events.push(event));
    await expect(pipeline.execute(away)).rejects.toThrow('away');
    await expect(pipeline.execute(() => 1)).rejects.toThrow('The circuit "inventory" is open');
    stop();
    await expect(pipeline.execute(() => 1)).rejects.toThrow(CircuitOpenError);
    expect(pipeline.circuit).toMatchObject({ state: 'open', totals: { failed: 1, refused: 2 } });
    expect(pipeline.bulkhead).toMatchObject({ limit: 3, active: 0 });
    expect(events.map(({ type, policy }) => `${type} ${policy}`)).toEqual([
      'circuit-transition inventory',
      'refused inventory',
    ]);
  });

  it('shows nothing of what it does not have', () => {
    const pipeline = ResiliencePipeline.builder().timeout(5).build();
    expect([pipeline.circuit, pipeline.bulkhead, pipeline.name]).toEqual([undefined, undefined, 'pipeline']);
  });

  it('aborts the signal of work that takes too long, and stops for a caller who gives up', async () => {
    const clock = new FakeClock();
    const pipeline = ResiliencePipeline.builder().timeout(50).retry({ maxAttempts: 1 }).clock(clock).build();
    let reason: unknown;
    const stuck = () =>
      pipeline.execute(
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject((reason = signal.reason)))),
        { signal: caller.signal },
      );
    const caller = new AbortController();
    const late = stuck().catch((error: unknown) => error);
    await clock.advance(50);
    expect(await late).toBeInstanceOf(OperationTimeoutError);
    expect(reason).toBeInstanceOf(OperationTimeoutError);
    const givenUp = stuck().catch((error: unknown) => error);
    caller.abort(new Error('never mind'));
    expect(await givenUp).toEqual(new Error('never mind'));
    expect(reason).toEqual(new Error('never mind'));
  });

  it('finds keys in what is around the call', async () => {
    let tenant = 'acme';
    const pipeline = ResiliencePipeline.builder()
      .circuitBreaker({ consecutiveFailures: 1, key: () => tenant })
      .build();
    await expect(pipeline.execute(away)).rejects.toThrow('away');
    await expect(pipeline.execute(() => 1)).rejects.toThrow(CircuitOpenError);
    tenant = 'other';
    await expect(pipeline.execute(() => 1)).resolves.toBe(1);
  });

  it('injects chaos by random, as it is told to', async () => {
    const pipeline = ResiliencePipeline.builder()
      .chaos({ rate: 0.5, fault: () => new Error('chaos') })
      .random(() => 0.4)
      .build();
    await expect(pipeline.execute(() => 1)).rejects.toThrow('chaos');
  });

  it('lists every fault of every policy at once', () => {
    const build = () =>
      ResiliencePipeline.builder('inventory')
        .retry({ maxAttempts: 0 })
        .retry()
        .timeout(0)
        .order(['timeout', 'timeout'])
        .build();
    expect(build).toThrow(InvalidOptionsError);
    expect(build).toThrow(/The pipeline "inventory" has 3 fault\(s\)/);
  });
});
