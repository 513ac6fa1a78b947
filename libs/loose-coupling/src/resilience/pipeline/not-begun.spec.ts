import { FakeClock } from '../../testing/fake-clock.js';
import { BulkheadFullError } from '../errors/bulkhead-full.error.js';
import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import type { NamedPolicyOptions } from '../registry/resilience.options.js';
import { ResilienceRegistry } from '../registry/resilience-registry.js';
import type { ResiliencePipeline } from './resilience-pipeline.js';

const ONCE = { idempotent: false, maxAttempts: 2, initialDelay: 10, jitter: 'none' } as const;
const NARROW = { maxConcurrent: 1, maxQueue: 1 };
/** Out of the usual order, and so two frames. */
const INWARDS = ['retry', 'timeout', 'rateLimit', 'bulkhead'] as const;

function setUp(policies: Record<string, NamedPolicyOptions>, chaos = false) {
  const clock = new FakeClock();
  const registry = new ResilienceRegistry({ clock, random: () => 0, policies, chaos });
  return { clock, pipeline: (name = 'shop') => registry.policy(name) };
}

/** Takes the only permit; returns how to give it back. */
function occupy(pipeline: ResiliencePipeline): () => void {
  let leave = (): void => undefined;
  pipeline.execute(() => new Promise<void>((resolve) => (leave = resolve))).catch(() => undefined);
  return () => leave();
}

const stuck = () => new Promise<never>(() => undefined);
const errorOf = (call: Promise<unknown>): Promise<unknown> => call.then(String, (error: unknown) => error);

describe('work that may run only once', () => {
  it.each<[string, NamedPolicyOptions]>([
    ['of the same frame', { retry: ONCE, timeout: 50, bulkhead: NARROW }],
    ['of a frame further in', { retry: ONCE, timeout: 50, bulkhead: NARROW, rateLimit: { limit: 9 }, order: INWARDS }],
    ['behind a hedge', { retry: ONCE, hedge: { delay: 1_000 }, timeout: 50, bulkhead: NARROW }],
  ])('is tried again when its attempt timed out in the queue %s', async (_, shop) => {
    const { clock, pipeline } = setUp({ shop });
    const leave = occupy(pipeline());
    const work = jest.fn(() => 'done');
    const call = errorOf(pipeline().execute(work));
    await clock.advance(50);
    leave();
    await clock.advance(10);
    expect(await call).toBe('done');
    expect(work).toHaveBeenCalledTimes(1);
  });

  it.each<[string, NamedPolicyOptions, boolean]>([
    ['ran', { retry: ONCE, timeout: 50, bulkhead: NARROW }, false],
    ['ran, behind a hedge', { retry: ONCE, hedge: { delay: 20 }, timeout: 50, bulkhead: NARROW }, false],
    ['was held up by chaos', { retry: ONCE, timeout: 50, chaos: { rate: 1, latency: 90 } }, true],
    [
      'was held up by chaos before a queue',
      {
        retry: ONCE,
        timeout: 50,
        chaos: { rate: 1, latency: 90 },
        bulkhead: 1,
        order: ['retry', 'timeout', 'chaos', 'bulkhead'],
      },
      true,
    ],
  ])('is not tried again when its attempt timed out while it %s', async (_, shop, chaos) => {
    const { clock, pipeline } = setUp({ shop }, chaos);
    const work = jest.fn(stuck);
    const call = errorOf(pipeline().execute(work));
    await clock.advance(200);
    expect(await call).toMatchObject({ code: 'LC_OPERATION_TIMEOUT', notStarted: false });
    expect(work).toHaveBeenCalledTimes(chaos ? 0 : 1);
  });

  it.each<[string, (error: unknown) => unknown]>([
    ['as it is', (error) => error],
    ['as the cause of another', (cause) => new Error('no stock', { cause })],
  ])('is not tried again when it began, and what it called itself timed out in a queue: %s', async (_, wrap) => {
    const { clock, pipeline } = setUp({ shop: { retry: ONCE }, stock: { timeout: 50, bulkhead: NARROW } });
    occupy(pipeline('stock'));
    const work = jest.fn(() =>
      pipeline('stock')
        .execute(stuck)
        .catch((error: unknown) => Promise.reject(wrap(error))),
    );
    const call = errorOf(pipeline().execute(work));
    await clock.advance(50);
    await clock.advance(50);
    await call;
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('is not tried again by who refused it for having waited too long', async () => {
    const { clock, pipeline } = setUp({ shop: { retry: ONCE, bulkhead: { ...NARROW, queueTimeout: 50 } } });
    const leave = occupy(pipeline());
    const call = errorOf(pipeline().execute(stuck));
    await clock.advance(50);
    leave();
    await clock.advance(50);
    const error = await call;
    expect(error).toBeInstanceOf(BulkheadFullError);
    expect(error).toMatchObject({ reason: 'queue-timeout', notStarted: true });
  });

  it('is said not to have begun by a timeout in the queue', async () => {
    const { clock, pipeline } = setUp({ shop: { timeout: 50, bulkhead: NARROW } });
    occupy(pipeline());
    const call = errorOf(pipeline().execute(stuck));
    await clock.advance(50);
    const error = await call;
    expect(error).toBeInstanceOf(OperationTimeoutError);
    expect(error).toMatchObject({ notStarted: true, message: expect.stringContaining('has not begun') as string });
  });

  it('is said not to have begun by a total timeout only when no attempt called it', async () => {
    const timeout = { total: 50 };
    const { clock, pipeline } = setUp({
      shop: { timeout, bulkhead: NARROW },
      hedged: { timeout, hedge: { delay: 1_000 }, bulkhead: NARROW },
      retried: { timeout, retry: { ...ONCE, initialDelay: 1, idempotent: true }, bulkhead: NARROW },
    });
    for (const name of ['shop', 'hedged']) {
      const [runs, waits] = [errorOf(pipeline(name).execute(stuck)), errorOf(pipeline(name).execute(stuck))];
      await clock.advance(50);
      expect(await runs).toMatchObject({ scope: 'total', notStarted: false });
      expect(await waits).toMatchObject({ scope: 'total', notStarted: true });
    }
    const failsFirst = errorOf(pipeline('retried').execute(() => Promise.reject(new Error('down'))));
    void errorOf(pipeline('retried').execute(stuck));
    await clock.advance(50);
    expect(await failsFirst).toMatchObject({ scope: 'total', notStarted: false });
  });
});
