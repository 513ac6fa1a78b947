import { InvalidOptionsError } from '../../kernel/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import type { MethodDeclaration } from './method-declaration.js';
import { ResilienceRegistry } from './resilience-registry.js';
import type { ResilienceOptions } from './resilience.options.js';

const stock: MethodDeclaration = { name: 'Shop.stock', policy: 'inventory', policies: [] };
const FRAGILE = { minimumCalls: 2, slidingWindow: { type: 'count', size: 2 } } as const;

function setUp(policies: ResilienceOptions['policies']) {
  const clock = new FakeClock();
  const registry = new ResilienceRegistry({ clock, random: () => 0.5, policies });
  const call = (work: () => unknown) => registry.pipelineFor(stock).call(work, undefined, []);
  return { clock, registry, call };
}

/** Work that ends when it is told to. */
function controlled() {
  const ends: (() => void)[] = [];
  const work = () => new Promise<string>((resolve) => ends.push(() => resolve('done')));
  return { work, ends };
}

const nothing = () => undefined;

describe('reloading the configuration', () => {
  it('leaves an open circuit open, until the time that it was given', async () => {
    const { registry, call, clock } = setUp({ inventory: { circuitBreaker: { ...FRAGILE, openDuration: 100 } } });
    for (let failed = 0; failed < 2; failed++) await call(() => Promise.reject(new Error('away'))).catch(nothing);
    registry.reload({ policies: { inventory: { circuitBreaker: { ...FRAGILE, openDuration: 5 }, timeout: 50 } } });
    await clock.advance(99);
    await expect(call(() => 1)).rejects.toThrow(CircuitOpenError);
    await clock.advance(1);
    await expect(call(() => 1)).resolves.toBe(1);
  });

  it('keeps counting the calls that run in a bulkhead, and admits those that wait as it grows', async () => {
    const { registry, call } = setUp({ inventory: { bulkhead: { maxConcurrent: 1, maxQueue: 5 } } });
    const { work, ends } = controlled();
    const calls = [call(work), call(work), call(work)];
    expect(registry.bulkhead('inventory')).toMatchObject({ limit: 1, active: 1, queued: 2 });
    registry.reload({ policies: { inventory: { bulkhead: { maxConcurrent: 2, maxQueue: 5 }, retry: {} } } });
    expect(registry.bulkhead('inventory')).toMatchObject({ limit: 2, active: 2, queued: 1 });
    registry.reload({ policies: { inventory: { bulkhead: { maxConcurrent: 1, maxQueue: 5 } } } });
    expect(registry.bulkhead('inventory')).toMatchObject({ limit: 1, active: 2, queued: 1 });
    await new Promise(setImmediate);
    while (ends.length > 0) {
      ends.shift()?.();
      await new Promise(setImmediate);
    }
    await expect(Promise.all(calls)).resolves.toEqual(['done', 'done', 'done']);
    expect(registry.bulkhead('inventory')).toMatchObject({ active: 0, queued: 0 });
  });

  it('keeps the answers of a cache, also for longer than was meant at first', async () => {
    const { registry, call } = setUp({ inventory: { cache: { staleOnError: 60_000 } } });
    await call(() => 'known');
    registry.reload({ policies: { inventory: { cache: { staleOnError: 120_000, maxEntries: 5 } } } });
    await expect(call(() => Promise.reject(new Error('away')))).resolves.toBe('known');
  });

  it('does not fill a rate limit up again', async () => {
    const { registry, call } = setUp({ inventory: { rateLimit: { limit: 2 } } });
    await call(nothing);
    await call(nothing);
    registry.reload({ policies: { inventory: { rateLimit: { limit: 2, interval: 5_000 } } } });
    await expect(call(nothing)).rejects.toThrow('rate limit "inventory" is used up');
  });

  it('keeps what a cache has remembered, for the outage may be why somebody reloads', async () => {
    const cache = { staleOnError: 10_000 };
    const { registry, call } = setUp({ inventory: { cache } });
    await call(() => 'known');
    registry.reload({ policies: { inventory: { cache, timeout: 50 } } });
    await expect(call(() => Promise.reject(new Error('away')))).resolves.toBe('known');
  });

  it('adds policies to methods, and takes them away', async () => {
    const { registry, call } = setUp({ inventory: { timeout: 50 } });
    const pipeline = registry.pipelineFor(stock);
    expect(pipeline.order).toEqual(['timeout']);
    registry.reload({ policies: { inventory: { retry: { initialDelay: 0 }, order: ['retry'] } } });
    expect(pipeline.order).toEqual(['retry']);
    let attempts = 0;
    await expect(
      call(() => {
        attempts++;
        if (attempts < 3) throw new Error('not yet');
        return attempts;
      }),
    ).resolves.toBe(3);
  });

  it('changes nothing at all when anything is wrong', async () => {
    const { registry } = setUp({ inventory: { timeout: 50 }, mail: { bulkhead: 3 } });
    registry.pipelineFor(stock);
    const before = String(registry.describe());
    const reload = () =>
      registry.reload({ policies: { inventory: { timeout: 70 }, mail: { bulkhead: 0, retry: { maxAttempts: -1 } } } });
    expect(reload).toThrow(InvalidOptionsError);
    expect(reload).toThrow('has 2 fault(s)');
    expect(String(registry.describe())).toBe(before);
    expect(registry.bulkhead('mail').limit).toBe(3);
  });

  it('does not remove a policy that is in use, and says by whom', () => {
    const { registry } = setUp({ inventory: { timeout: 50 }, mail: { timeout: 5 } });
    registry.pipelineFor(stock);
    expect(() => registry.reload({ policies: { mail: { timeout: 5 } } })).toThrow(
      'Shop.stock policy "inventory": is not configured; known are mail',
    );
    registry.reload({ policies: { inventory: { timeout: 50 } } });
    expect(() => registry.policy('mail')).toThrow('There is no policy "mail"');
  });

  it('forgets the circuits of a policy that has gone, and reconfigures one that was only looked at', () => {
    const { registry } = setUp({ mail: { circuitBreaker: {} }, other: { bulkhead: 1 } });
    const forgotten: string[] = [];
    registry.onCircuitForgotten(({ name }) => forgotten.push(name));
    const circuit = registry.circuitBreaker('mail');
    circuit.forceOpen();
    registry.bulkhead('other');
    registry.reload({ policies: { mail: { circuitBreaker: { minimumCalls: 3 } }, other: { bulkhead: 4 } } });
    expect(circuit.state).toBe('forced-open');
    expect(registry.bulkhead('other').limit).toBe(4);
    registry.reload({});
    expect(forgotten).toEqual(['mail']);
    expect(registry.circuits()).toEqual([]);
    expect(() => circuit.state).toThrow('There is no circuit "mail"');
  });

  it('tells which pipelines have changed', () => {
    const { registry } = setUp({ inventory: { timeout: 50 }, mail: { timeout: 5 } });
    registry.pipelineFor(stock);
    registry.policy('mail');
    const reloaded: string[] = [];
    registry.subscribe(({ type, policy }) => type === 'reloaded' && reloaded.push(policy));
    registry.reload({ policies: { inventory: { timeout: 51 }, mail: { timeout: 5 } } });
    expect(reloaded).toEqual(['Shop.stock']);
  });

  it('loses no permit and lets no call too many run, while calls come and go', async () => {
    const options = (limit: number): ResilienceOptions['policies'] => ({
      inventory: { bulkhead: { maxConcurrent: limit, maxQueue: 1_000 }, circuitBreaker: {}, timeout: 60_000 + limit },
    });
    const { registry, call } = setUp(options(8));
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
    };
    const calls: Promise<unknown>[] = [];
    for (let round = 0; round < 60; round++) {
      for (let one = 0; one < 12; one++) calls.push(call(work));
      registry.reload({ policies: options(1 + (round % 8)) });
      await new Promise(setImmediate);
    }
    await Promise.all(calls);
    expect(most).toBe(8);
    expect(registry.bulkhead('inventory')).toMatchObject({
      active: 0,
      queued: 0,
      totals: { admitted: 720, refused: 0 },
    });
    expect(registry.circuitBreaker('inventory').snapshot().totals).toMatchObject({ succeeded: 720 });
  });
});
