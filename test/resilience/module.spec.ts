import { Controller, Get, Global, Injectable, Module, Scope, type OnModuleInit } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { InvalidOptionsError, LooseCouplingModule, type LooseCouplingOptions } from 'nestjs-loose-coupling';
import {
  Bulkhead,
  CircuitBreaker,
  type CircuitStateStore,
  Fallback,
  MemoryCircuitStateStore,
  ResilienceRegistry,
  Resilient,
  Retry,
  Timeout,
} from 'nestjs-loose-coupling/resilience';
import supertest from 'supertest';
import { closeApps, startApp } from '../messaging/start-app.js';

/** What a test lets decorated methods do. */
let work: () => Promise<unknown>;
beforeEach(() => {
  work = async () => 'done';
});
afterEach(closeApps);

const policies: LooseCouplingOptions['resilience'] = {
  policies: {
    payments: { circuitBreaker: { consecutiveFailures: 2 } },
    patient: { retry: { maxAttempts: 3, initialDelay: 0 } },
  },
};
const refuse = () => Promise.reject(new Error('no'));
const attempts = async (method: () => Promise<unknown>, count: number) => {
  const answers: string[] = [];
  for (let done = 0; done < count; done += 1) {
    answers.push(
      await method().then(String, (error: { code?: string; message: string }) => error.code ?? error.message),
    );
  }
  return answers;
};

@Injectable()
class Payments {
  @CircuitBreaker('payments')
  async pay(): Promise<unknown> {
    return work();
  }
  @CircuitBreaker('payments')
  async refund(): Promise<unknown> {
    return work();
  }
}

describe('policies of the module', () => {
  it('are shared by the methods that name them, and readable', async () => {
    const app = await startApp({ providers: [Payments], resilience: policies });
    const payments = app.get(Payments);
    work = refuse;
    expect(await attempts(() => payments.pay(), 2)).toEqual(['no', 'no']);
    expect(await attempts(() => payments.refund(), 1)).toEqual(['LC_CIRCUIT_OPEN']);
    const registry = app.get(ResilienceRegistry);
    expect(registry.circuits()).toMatchObject([{ name: 'payments', state: 'open', totals: { failed: 2, refused: 1 } }]);
    registry.circuitBreaker('payments').close();
    work = async () => 'paid';
    expect(await payments.pay()).toBe('paid');
  });

  it('come from forRootAsync as well', async () => {
    const app = await Test.createTestingModule({
      imports: [
        LooseCouplingModule.forRootAsync({ useFactory: async () => ({ resilience: policies, logger: false }) }),
      ],
      providers: [Payments],
    }).compile();
    await app.init();
    work = refuse;
    expect(await attempts(() => app.get(Payments).pay(), 3)).toEqual(['no', 'no', 'LC_CIRCUIT_OPEN']);
    await app.close();
  });

  it('can be injected without importing anything, also by global modules, and work in onModuleInit', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class Early implements OnModuleInit {
      constructor(
        private readonly registry: ResilienceRegistry,
        private readonly payments: Payments,
      ) {}
      async onModuleInit() {
        seen.push(
          await this.payments.pay(),
          this.registry.circuits().map(({ name }) => name),
        );
      }
    }
    @Global()
    @Module({ providers: [Early, Payments] })
    class EarlyModule {}
    await startApp({ imports: [EarlyModule], resilience: policies });
    expect(seen).toEqual(['done', ['payments']]);
  });

  it('can be reloaded while the application runs', async () => {
    const app = await startApp({ providers: [Payments], resilience: policies });
    app.get(ResilienceRegistry).reload({ policies: { payments: { circuitBreaker: { consecutiveFailures: 1 } } } });
    work = refuse;
    expect(await attempts(() => app.get(Payments).pay(), 2)).toEqual(['no', 'LC_CIRCUIT_OPEN']);
  });
});

describe('circuits that are shared', () => {
  const options = (store: CircuitStateStore): LooseCouplingOptions['resilience'] => ({
    ...policies,
    sharedState: { type: 'custom', store, refreshInterval: 5 },
  });

  it('open in one application and refuse in the other', async () => {
    const store = new MemoryCircuitStateStore();
    const first = await startApp({ providers: [Payments], resilience: options(store) });
    const second = await startApp({ providers: [Payments], resilience: options(store) });
    const opened = new Promise((resolve) =>
      second.get(ResilienceRegistry).subscribe((event) => event.type === 'circuit-transition' && resolve(event)),
    );
    work = refuse;
    await attempts(() => first.get(Payments).pay(), 2);
    const looking = setInterval(
      () =>
        void second
          .get(Payments)
          .pay()
          .catch(() => undefined),
      50,
    );
    work = async () => 'paid';
    expect(await opened).toMatchObject({ policy: 'payments', to: 'open', reason: 'shared-state' });
    clearInterval(looking);
    expect(await attempts(() => second.get(Payments).pay(), 1)).toEqual(['LC_CIRCUIT_OPEN']);
  });

  it('say in the event stream when their store is away, and close it with the application', async () => {
    const store = new MemoryCircuitStateStore();
    const read = jest.spyOn(store, 'read').mockRejectedValue(new Error('away'));
    const close = jest.spyOn(store, 'close');
    const app = await startApp({ providers: [Payments], resilience: options(store) });
    const away = new Promise((resolve) => app.get(ResilienceRegistry).subscribe(resolve));
    expect(await away).toMatchObject({ type: 'shared-state', reachable: false });
    expect(await app.get(Payments).pay()).toBe('done');
    read.mockRestore();
    await app.close();
    expect(close).toHaveBeenCalledTimes(1);
  });
});

describe('decorated methods of an application', () => {
  it('that are request-scoped share the state of their policies from request to request', async () => {
    @Controller({ path: 'scoped', scope: Scope.REQUEST })
    class Scoped {
      @Get()
      @CircuitBreaker('payments')
      async get(): Promise<unknown> {
        return work();
      }
    }
    const module = await Test.createTestingModule({
      imports: [LooseCouplingModule.forRoot({ resilience: policies, logger: false })],
      controllers: [Scoped],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.init();
    const get = async () => (await supertest(app.getHttpServer()).get('/scoped')).status;
    work = refuse;
    expect([await get(), await get(), await get()]).toEqual([500, 500, 503]);
    await app.close();
  });

  it('that a factory made, or that are a value, use the policies of the module', async () => {
    const app = await startApp({
      providers: [
        { provide: 'made', useFactory: () => new Payments() },
        { provide: 'given', useValue: new Payments() },
      ],
      resilience: policies,
    });
    work = refuse;
    const made = app.app.get<Payments>('made');
    expect(await attempts(() => made.pay(), 3)).toEqual(['no', 'no', 'LC_CIRCUIT_OPEN']);
    expect(await attempts(() => app.app.get<Payments>('given').pay(), 1)).toEqual(['LC_CIRCUIT_OPEN']);
  });

  it('are looked for without asking values, which may be proxies that do things when asked', async () => {
    const asked: unknown[] = [];
    const strange = new Proxy({}, { get: (_target, key) => void asked.push(key) });
    await startApp({ providers: [{ provide: 'strange', useFactory: () => strange }] });
    expect(asked).not.toContain('constructor');
    expect(asked.length).toBeGreaterThan(0);
  });

  it('keep to their own application where two in one process have the same classes', async () => {
    const first = await startApp({ providers: [Payments], resilience: policies });
    const second = await startApp({ providers: [Payments], resilience: policies });
    work = refuse;
    expect(await attempts(() => first.get(Payments).pay(), 3)).toEqual(['no', 'no', 'LC_CIRCUIT_OPEN']);
    expect(second.get(ResilienceRegistry).circuits()).toMatchObject([{ state: 'closed', totals: { failed: 0 } }]);
    await second.close();
    expect(await attempts(() => first.get(Payments).pay(), 1)).toEqual(['LC_CIRCUIT_OPEN']);
  });

  it('get the defaults without any options', async () => {
    class Plain {
      @Retry({ maxAttempts: 2, initialDelay: 0 })
      @Timeout(1_000)
      @Bulkhead(1)
      async go(): Promise<unknown> {
        return work();
      }
    }
    const app = await startApp({ providers: [Plain] });
    let calls = 0;
    work = async () => ((calls += 1) === 1 ? refuse() : calls);
    expect(await app.get(Plain).go()).toBe(2);
  });

  it('are refused at start with every fault at once, before any handler runs', async () => {
    class Wrong {
      @Resilient('paymnets')
      async one(): Promise<unknown> {
        return work();
      }
      @Retry('patiant')
      async two(): Promise<unknown> {
        return work();
      }
      @CircuitBreaker({ name: 'payments', failureRateThreshold: 200 })
      async three(): Promise<unknown> {
        return work();
      }
    }
    const error: unknown = await startApp({ providers: [Wrong], resilience: policies }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InvalidOptionsError);
    const { faults } = error as InvalidOptionsError;
    for (const name of ['paymnets', 'patiant', 'failureRateThreshold']) {
      expect(faults.filter((fault) => fault.includes(name))).toHaveLength(1);
    }
    expect(faults).toHaveLength(3);
  });

  it('are refused at start when they name a fallback that their object does not have', async () => {
    @Injectable()
    class Quotes {
      readonly asProperty = () => 'known';
      @Fallback('lastKnwon')
      async misspelt(): Promise<string> {
        return 'new';
      }
      @Fallback('asProperty')
      async right(): Promise<string> {
        return 'new';
      }
    }
    await expect(startApp({ providers: [Quotes] })).rejects.toMatchObject({
      faults: [expect.stringMatching(/Quotes\.misspelt.*lastKnwon/)],
    });
  });

  it('are listed with their effective policies in the debug log', async () => {
    const logger = { log: jest.fn(), warn: jest.fn(), error: jest.fn(), debug: jest.fn() };
    await startApp({ providers: [Payments], resilience: policies, logger });
    const [text] = logger.debug.mock.calls.flat() as string[];
    expect(text).toContain('Payments.pay');
    expect(text).toContain('circuitBreaker "payments"');
  });
});
