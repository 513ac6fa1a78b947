import { FakeClock } from '../../testing/fake-clock.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import type { NamedPolicyOptions } from '../registry/resilience.options.js';
import { ResilienceRegistry } from '../registry/resilience-registry.js';
import { ResiliencePipeline } from './resilience-pipeline.js';

const away = () => Promise.reject(new Error('away'));
const ofTenant = ([order]: readonly unknown[]): string => (order as { tenant: string }).tenant;

describe('work that is executed with a key', () => {
  it('is answered from memory by its own key only, and without one never', async () => {
    const pipeline = ResiliencePipeline.builder().cache({ ttl: 1_000 }).clock(new FakeClock()).build();
    const answers = [
      await pipeline.execute(() => 'apple', { key: 'a' }),
      await pipeline.execute(() => 'pear', { key: 'a' }),
      await pipeline.execute(() => 'banana', { key: 'b' }),
      await pipeline.execute(() => 'cherry'),
      await pipeline.execute(() => 'damson'),
    ];
    expect(answers).toEqual(['apple', 'apple', 'banana', 'cherry', 'damson']);
  });

  it('is not answered with what another work answered because a key was made of no arguments', async () => {
    const cache = { ttl: 1_000, staleOnError: 1_000, key: ([sku]: readonly unknown[]) => `sku:${String(sku)}` };
    const pipeline = ResiliencePipeline.builder().cache(cache).clock(new FakeClock()).build();
    await pipeline.execute(() => 'apple');
    await expect(pipeline.execute(() => 'banana')).resolves.toBe('banana');
    await expect(pipeline.execute(away)).rejects.toThrow('away');
    await pipeline.execute(() => 'apple', { key: '' });
    await expect(pipeline.execute(away, { key: '' })).resolves.toBe('apple');
  });

  it.each<[string, NamedPolicyOptions]>([
    ['alone', { circuitBreaker: { consecutiveFailures: 1, key: ofTenant } }],
    [
      'among others',
      { timeout: 50, retry: { maxAttempts: 1 }, circuitBreaker: { consecutiveFailures: 1, key: ofTenant } },
    ],
  ])('has the circuit of its key, whatever that is made of elsewhere: breaker %s', async (_, shop) => {
    const registry = new ResilienceRegistry({ clock: new FakeClock(), policies: { shop } });
    const pipeline = registry.policy('shop');
    const acme = { key: 'acme' };
    await expect(pipeline.execute(away, acme)).rejects.toThrow('away');
    await expect(pipeline.execute(() => 1, acme)).rejects.toThrow(CircuitOpenError);
    await expect(pipeline.execute(({ attempt }) => attempt, { key: 'other' })).resolves.toBe(1);
    expect(registry.circuitBreaker('shop', 'acme').state).toBe('open');
  });

  it.each<[string, NamedPolicyOptions]>([
    ['bulkhead', { bulkhead: { maxConcurrent: 1, key: ofTenant } }],
    ['rate limit', { rateLimit: { limit: 1, key: ofTenant } }],
  ])('has the %s of its key', async (_, shop) => {
    const pipeline = new ResilienceRegistry({ clock: new FakeClock(), policies: { shop } }).policy('shop');
    const stuck = () => new Promise(() => undefined);
    pipeline.execute(stuck, { key: 'acme' }).catch(() => undefined);
    await expect(pipeline.execute(() => 1, { key: 'acme' })).rejects.toThrow('"shop"');
    await expect(pipeline.execute(() => 2, { key: 'other' })).resolves.toBe(2);
  });

  it('is given its attempt by every kind of pipeline, and its fallback the error alone', async () => {
    const key = { key: 'k' };
    const fallback = jest.fn(() => 'instead');
    const pipeline = ResiliencePipeline.builder().retry({ maxAttempts: 1 }).fallback(fallback).build();
    await expect(pipeline.execute(({ attempt }) => attempt, key)).resolves.toBe(1);
    await expect(pipeline.execute(away, key)).resolves.toBe('instead');
    expect(fallback.mock.calls).toEqual([[new Error('away')]]);
    const lean = [ResiliencePipeline.builder().bulkhead(), ResiliencePipeline.builder().circuitBreaker()];
    for (const each of lean) await expect(each.build().execute(({ attempt }) => attempt, key)).resolves.toBe(1);
  });
});
