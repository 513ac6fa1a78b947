import { ClosedError, InvalidOptionsError } from '../../kernel/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import { UnknownPolicyError } from '../errors/unknown-policy.error.js';
import type { ResilienceEvent } from '../events/resilience-event.js';
import type { Circuit } from './circuit.js';
import type { DeclaredPolicy, MethodDeclaration } from './method-declaration.js';
import { ResilienceRegistry, type ResilienceRegistryOptions } from './resilience-registry.js';

const FRAGILE = { minimumCalls: 2, slidingWindow: { type: 'count', size: 2 } } as const;

function declaration(name: string, ...policies: DeclaredPolicy[]): MethodDeclaration {
  return { name, policies };
}

function setUp(options: ResilienceRegistryOptions = {}) {
  const clock = new FakeClock();
  const registry = new ResilienceRegistry({ clock, random: () => 0.5, ...options });
  const call = (method: MethodDeclaration, work: (...args: never[]) => unknown, ...args: unknown[]) =>
    registry.pipelineFor(method).call(work, undefined, args);
  const fail = async (method: MethodDeclaration, ...args: unknown[]) => {
    await call(method, () => Promise.reject(new Error('away')), ...args).catch(() => undefined);
  };
  const open = async (method: MethodDeclaration, ...args: unknown[]) => {
    await fail(method, ...args);
    await fail(method, ...args);
  };
  return { clock, registry, call, fail, open };
}

function faultsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.faults;
    throw error;
  }
  return [];
}

describe('a registry of policies', () => {
  it('gives the same pipeline for the same declaration', () => {
    const { registry } = setUp();
    const method = declaration('Shop.stock', { kind: 'timeout', options: 800 });
    expect(registry.pipelineFor(method)).toBe(registry.pipelineFor(method));
  });

  it('keeps a circuit to the method that has it for itself', async () => {
    const { call, open } = setUp();
    const quote = declaration('Shop.quote', { kind: 'circuitBreaker', options: FRAGILE });
    const stock = declaration('Shop.stock', { kind: 'circuitBreaker', options: FRAGILE });
    await open(quote);
    await expect(call(quote, () => 1)).rejects.toThrow(CircuitOpenError);
    await expect(call(stock, () => 1)).resolves.toBe(1);
  });

  // nestjs-resilience keys its state by the text "Class#method".
  it('nestjs-resilience 4.3#6: an unrelated class with the same names does not find its circuit open', async () => {
    const { registry, call, open } = setUp();
    const ours = declaration('Gateway.pay', { kind: 'circuitBreaker', options: FRAGILE });
    const theirs = declaration('Gateway.pay', { kind: 'circuitBreaker', options: FRAGILE });
    await open(ours);
    await expect(call(ours, () => 1)).rejects.toThrow(CircuitOpenError);
    await expect(call(theirs, () => 1)).resolves.toBe(1);
    expect(registry.circuits().map(({ state }) => state)).toEqual(['open', 'closed']);
    expect(() => registry.circuitBreaker('Gateway.pay')).toThrow('2 classes have a method of this name');
  });

  it('shares a circuit between methods that give it one name', async () => {
    const { call, open, registry } = setUp();
    const quote = declaration('Shop.quote', { kind: 'circuitBreaker', name: 'payments', options: FRAGILE });
    const refund = declaration('Shop.refund', { kind: 'circuitBreaker', name: 'payments' });
    registry.declare([refund, quote]);
    await open(quote);
    await expect(call(refund, () => 1)).rejects.toThrow('The circuit "payments" is open');
  });

  it('refuses a name that two methods give different options, and names both', () => {
    const { registry } = setUp();
    const quote = declaration('Shop.quote', { kind: 'circuitBreaker', name: 'payments', options: FRAGILE });
    const refund = declaration('Shop.refund', {
      kind: 'circuitBreaker',
      name: 'payments',
      options: { ...FRAGILE, minimumCalls: 1 },
    });
    registry.pipelineFor(quote);
    const [fault] = faultsOf(() => registry.pipelineFor(refund));
    expect(fault).toContain('circuitBreaker "payments": Shop.refund gives other options than Shop.quote did');
  });

  it('takes the same options twice for one name', () => {
    const { registry } = setUp();
    const recordIf = () => true;
    for (const name of ['Shop.quote', 'Shop.refund']) {
      const options = { ...FRAGILE, slidingWindow: { type: 'count' as const, size: 2 }, recordIf };
      registry.pipelineFor(declaration(name, { kind: 'circuitBreaker', name: 'payments', options }));
    }
    expect(registry.circuits().map(({ name }) => name)).toEqual(['payments']);
  });

  it('refuses a name that nobody knows, and lists those that are known', () => {
    const { registry } = setUp({ policies: { inventory: { circuitBreaker: {} }, mail: { timeout: 100 } } });
    const [fault] = faultsOf(() =>
      registry.pipelineFor(declaration('Shop.pay', { kind: 'circuitBreaker', name: 'payment' })),
    );
    expect(fault).toBe(
      'Shop.pay circuitBreaker "payment": nobody has configured it, or declared it with options; known are inventory',
    );
  });

  it('lists every fault of a method at once', () => {
    const { registry } = setUp();
    const method: MethodDeclaration = {
      ...declaration(
        'Shop.pay',
        { kind: 'retry', options: { maxAttempts: 0 } },
        { kind: 'timeout', options: -1 },
        { kind: 'bulkhead', options: { maxConcurrent: 1, keyTtl: 0 } },
      ),
      policy: 'nowhere',
      order: ['retry', 'retry'],
    };
    expect(faultsOf(() => registry.pipelineFor(method))).toHaveLength(5);
  });

  it('keeps one circuit for each key, and lets methods with different arguments mean the same', async () => {
    const { call, open, registry } = setUp();
    const byFirst = declaration('Shop.quote', {
      kind: 'circuitBreaker',
      name: 'tenants',
      options: FRAGILE,
      key: ([tenant]) => tenant as string,
    });
    const bySecond = declaration('Shop.refund', {
      kind: 'circuitBreaker',
      name: 'tenants',
      key: ([, tenant]) => tenant as string,
    });
    await open(byFirst, 'acme');
    await expect(call(bySecond, () => 1, 'order-1', 'acme')).rejects.toThrow(CircuitOpenError);
    await expect(call(bySecond, () => 1, 'order-1', 'other')).resolves.toBe(1);
    expect(registry.circuitBreaker('tenants', 'acme').state).toBe('open');
    expect(() => registry.circuitBreaker('tenants')).toThrow('It has one for each key: say which');
  });

  it('bounds keys by maxKeys, and never forgets an open circuit', async () => {
    const { call, open, registry } = setUp();
    const forgotten: (string | undefined)[] = [];
    registry.onCircuitForgotten(({ key }) => forgotten.push(key));
    const method = declaration('Shop.quote', {
      kind: 'circuitBreaker',
      options: { ...FRAGILE, maxKeys: 3 },
      key: ([tenant]) => tenant as string,
    });
    await open(method, 'acme');
    for (let tenant = 0; tenant < 20; tenant++) await call(method, () => 1, `tenant-${tenant}`);
    expect(registry.circuits()).toHaveLength(3);
    expect(forgotten).toHaveLength(18);
    await expect(call(method, () => 1, 'acme')).rejects.toThrow(CircuitOpenError);
  });

  it('does not forget a bulkhead that holds calls, nor a rate limit that is used up', async () => {
    const { call } = setUp();
    const key = ([tenant]: readonly unknown[]) => tenant as string;
    const method = declaration(
      'Shop.quote',
      { kind: 'bulkhead', options: { maxConcurrent: 1, maxKeys: 2 }, key },
      { kind: 'rateLimit', options: { limit: 2, maxKeys: 2 }, key },
    );
    let end: (value: unknown) => void = () => undefined;
    const running = call(method, () => new Promise((resolve) => (end = resolve)), 'acme');
    for (let tenant = 0; tenant < 9; tenant++) await call(method, () => 1, `tenant-${tenant}`).catch(() => undefined);
    await expect(call(method, () => 1, 'acme')).rejects.toThrow('bulkhead "Shop.quote" is full');
    end(1);
    await running;
    await expect(call(method, () => 1, 'acme')).rejects.toThrow('rate limit "Shop.quote" is used up');
  });

  it('sets circuits by hand', async () => {
    const { registry, call } = setUp({ policies: { inventory: { circuitBreaker: {} } } });
    const stock: MethodDeclaration = { name: 'Shop.stock', policy: 'inventory', policies: [] };
    const circuit = registry.circuitBreaker('inventory');
    expect(circuit.state).toBe('closed');
    circuit.isolate();
    expect(circuit.state).toBe('forced-open');
    await expect(call(stock, () => 1)).rejects.toThrow(CircuitOpenError);
    circuit.disable();
    expect(circuit.state).toBe('disabled');
    circuit.metricsOnly();
    await expect(call(stock, () => 1)).resolves.toBe(1);
    expect(circuit.snapshot()).toMatchObject({ state: 'metrics-only', totals: { succeeded: 1 } });
    circuit.close();
    expect(circuit.state).toBe('closed');
  });

  it('runs any function behind a policy of the configuration, with the state of the methods that use it', async () => {
    const { registry, open } = setUp({ policies: { inventory: { circuitBreaker: FRAGILE } } });
    const pipeline = registry.policy('inventory');
    await expect(pipeline.execute(({ attempt }) => attempt)).resolves.toBe(1);
    await open({ name: 'Shop.stock', policy: 'inventory', policies: [] });
    expect(pipeline.circuit?.state).toBe('open');
    await expect(pipeline.execute(() => 1)).rejects.toThrow(CircuitOpenError);
    expect(registry.policy('inventory')).toBe(pipeline);
  });

  it('says which names there are when it is asked for another', () => {
    const { registry } = setUp({
      policies: { inventory: { timeout: 800 }, mail: { bulkhead: 2, circuitBreaker: {} } },
    });
    expect(() => registry.policy('mial')).toThrow(UnknownPolicyError);
    expect(() => registry.policy('mial')).toThrow('known are: inventory, mail');
    expect(() => registry.circuitBreaker('inventory')).toThrow('There is no circuit "inventory"');
    expect(() => registry.circuitBreaker('inventory')).toThrow('known are: mail');
    expect(() => registry.bulkhead('inventory')).toThrow('There is no bulkhead "inventory"');
    expect(registry.bulkhead('mail')).toMatchObject({ limit: 2, active: 0 });
  });

  it('puts what a method says itself in the place of what its policy says', async () => {
    const { registry } = setUp({ policies: { inventory: { timeout: 800, retry: {}, order: ['timeout', 'retry'] } } });
    const method: MethodDeclaration = {
      name: 'Shop.stock',
      policy: 'inventory',
      policies: [{ kind: 'timeout', options: { attempt: 50 } }],
    };
    registry.pipelineFor(method);
    expect(registry.describe().pipelines[0]?.policies).toMatchObject([
      { kind: 'timeout', options: { attempt: 50 } },
      { kind: 'retry', shared: 'inventory' },
    ]);
  });

  it('fills in the defaults of the configuration, and adds no policy by them', () => {
    const { registry } = setUp({ defaults: { retry: { maxAttempts: 7 }, bulkhead: 3 } });
    registry.pipelineFor(declaration('Shop.stock', { kind: 'retry', options: { initialDelay: 5 } }));
    const [description] = registry.describe().pipelines;
    expect(description?.policies).toMatchObject([{ kind: 'retry', options: { maxAttempts: 7, initialDelay: 5 } }]);
  });

  it('lets the configuration win over options that a decorator gives with a name', () => {
    const { registry } = setUp({ policies: { payments: { circuitBreaker: { minimumCalls: 9 } } } });
    const options = { minimumCalls: 5, openDuration: 77 };
    registry.pipelineFor(declaration('Shop.pay', { kind: 'circuitBreaker', name: 'payments', options }));
    const [description] = registry.describe().pipelines;
    expect(description?.policies[0]?.options).toMatchObject({ minimumCalls: 9, openDuration: 77 });
  });

  it('does not mix up the answers of methods that share a cache by name', async () => {
    const { call } = setUp({ policies: { inventory: { cache: { ttl: 1_000 } } } });
    const stock: MethodDeclaration = { name: 'Shop.stock', policy: 'inventory', policies: [] };
    const price: MethodDeclaration = { name: 'Shop.price', policy: 'inventory', policies: [] };
    await expect(call(stock, () => 'stock', 'sku')).resolves.toBe('stock');
    await expect(call(price, () => 'price', 'sku')).resolves.toBe('price');
    await expect(call(stock, () => 'asked again', 'sku')).resolves.toBe('stock');
  });

  it('tells of circuits that there are, that come, and of their transitions', async () => {
    const { registry, open } = setUp();
    const method = declaration('Shop.pay', { kind: 'circuitBreaker', name: 'payments', options: FRAGILE });
    const events: ResilienceEvent[] = [];
    const circuits: Circuit[] = [];
    const stop = registry.subscribe((event) => events.push(event));
    registry.onCircuit((circuit) => circuits.push(circuit));
    const transitions: string[] = [];
    registry.pipelineFor(method);
    expect(circuits).toMatchObject([{ name: 'payments', named: true, key: undefined }]);
    for (const circuit of circuits) circuit.observer = { onTransition: ({ to }) => transitions.push(to) };
    await open(method);
    stop();
    registry.circuitBreaker('payments').close();
    expect(events).toMatchObject([{ type: 'circuit-transition', policy: 'payments', from: 'closed', to: 'open' }]);
    expect(transitions).toEqual(['open', 'closed']);
    const later: Circuit[] = [];
    registry.onCircuit((circuit) => later.push(circuit));
    expect(later).toEqual(circuits);
  });

  it('asks who shares a circuit before it probes', async () => {
    const { registry, open, call, clock } = setUp();
    const method = declaration('Shop.pay', { kind: 'circuitBreaker', options: { ...FRAGILE, openDuration: 10 } });
    await open(method);
    let may = false;
    registry.onCircuit((circuit) => (circuit.observer = { mayProbe: () => may }));
    await clock.advance(10);
    await expect(call(method, () => 1)).rejects.toThrow(CircuitOpenError);
    may = true;
    await expect(call(method, () => 1)).resolves.toBe(1);
  });

  it('reports a listener that throws, and leaves the call alone', async () => {
    const reported: unknown[] = [];
    const { registry, call } = setUp({ logger: { error: (_message, error) => reported.push(error) } });
    registry.onCircuit(() => {
      throw new Error('listener');
    });
    const method = declaration('Shop.pay', { kind: 'circuitBreaker', options: FRAGILE });
    await expect(call(method, () => 1)).resolves.toBe(1);
    expect(reported).toEqual([new Error('listener')]);
  });

  it('ends waits when it is closed, and lets pass what need not wait', async () => {
    const { registry, call, clock } = setUp();
    const method = declaration('Shop.pay', { kind: 'retry', options: { initialDelay: 1_000 } });
    const waiting = call(method, () => Promise.reject(new Error('away')));
    await clock.advance(0);
    expect(registry.closed).toBe(false);
    registry.close();
    registry.close();
    expect(registry.closed).toBe(true);
    await expect(waiting).rejects.toThrow(ClosedError);
    expect(clock.pendingTimers).toBe(0);
    await expect(call(method, () => 1)).resolves.toBe(1);
  });

  it('injects chaos only when that is switched on', async () => {
    const chaos = { rate: 1, fault: () => new Error('chaos') };
    const method = declaration('Shop.pay', { kind: 'chaos', options: chaos });
    await expect(setUp().call(method, () => 1)).resolves.toBe(1);
    await expect(setUp({ chaos: true }).call(method, () => 1)).rejects.toThrow('chaos');
  });
});
