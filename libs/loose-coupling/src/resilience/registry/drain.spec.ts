import { ClosedError } from '../../kernel/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { AttemptContext } from '../pipeline/attempt.port.js';
import type { NamedPolicyOptions } from './resilience.options.js';
import { ResilienceRegistry } from './resilience-registry.js';

function registryOf(shop: NamedPolicyOptions) {
  const clock = new FakeClock();
  const registry = new ResilienceRegistry({ clock, random: () => 0.5, policies: { shop } });
  return { clock, registry, pipeline: registry.policy('shop') };
}

describe('a registry that is drained', () => {
  const running = ({ signal }: AttemptContext): Promise<string> =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      finish.push(() => resolve('done'));
    });
  let finish: (() => void)[];

  beforeEach(() => void (finish = []));

  it.each([
    ['a bulkhead alone', { bulkhead: { maxConcurrent: 1, maxQueue: 2 } }],
    ['a bulkhead among others', { bulkhead: { maxConcurrent: 1, maxQueue: 2 }, timeout: 60_000, retry: {} }],
  ])('ends the queue of %s, and lets what runs finish', async (_, shop) => {
    const { registry, pipeline } = registryOf(shop);
    const first = pipeline.execute(running);
    const queued = pipeline.execute(running);
    registry.drain();
    await expect(queued).rejects.toThrow(ClosedError);
    await expect(pipeline.execute(running)).rejects.toThrow(ClosedError);
    expect([registry.closed, finish.length]).toEqual([false, 1]);
    finish[0]?.();
    await expect(first).resolves.toBe('done');
    await expect(pipeline.execute(() => 'still room')).resolves.toBe('still room');
  });

  it('ends waits for a rate, and takes no more', async () => {
    const { registry, pipeline, clock } = registryOf({ rateLimit: { limit: 1, maxWait: 1_500 } });
    await pipeline.execute(() => 1);
    const waiting = pipeline.execute(() => 2);
    registry.drain();
    await expect(waiting).rejects.toThrow(ClosedError);
    await expect(pipeline.execute(() => 3)).rejects.toThrow(ClosedError);
    await clock.advance(5_000);
    await expect(pipeline.execute(() => 4)).resolves.toBe(4);
  });

  it('tries nothing again, and hedges no more', async () => {
    const { registry, pipeline, clock } = registryOf({ retry: {}, hedge: { delay: 10 } });
    let calls = 0;
    let fail: (error: Error) => void = () => undefined;
    const failing = pipeline.execute(() => {
      calls += 1;
      return new Promise((_, reject) => (fail = reject));
    });
    registry.drain();
    await clock.advance(10);
    fail(new Error('away'));
    await expect(failing).rejects.toThrow(ClosedError);
    expect([calls, clock.pendingTimers]).toEqual([1, 0]);
  });

  it.each([
    ['alone', { circuitBreaker: {} }],
    ['among others', { circuitBreaker: {}, timeout: 60_000 }],
  ])('tells what runs to stop only when it is closed, behind a breaker %s', async (_, shop) => {
    const { registry, pipeline } = registryOf(shop);
    let signal: AbortSignal | undefined;
    const call = pipeline.execute((attempt) => {
      signal = attempt.signal;
      return running(attempt);
    });
    registry.drain();
    expect(signal?.aborted).toBe(false);
    registry.close();
    expect(signal?.reason).toBeInstanceOf(ClosedError);
    await expect(call).rejects.toBe(signal?.reason);
    expect(registry.circuits()[0]).toMatchObject({ calls: 0 });
  });
});
