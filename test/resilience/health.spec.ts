import { Controller, Get, Inject, Injectable, type INestApplication } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { LooseCouplingModule, ResilienceHealthIndicator, type ResilienceHealthOptions } from 'nestjs-loose-coupling';
import { CircuitBreaker, ResilienceRegistry } from 'nestjs-loose-coupling/resilience';
import supertest from 'supertest';
import type { App } from 'supertest/types.js';

@Injectable()
class Dependencies {
  @CircuitBreaker('inventory')
  async inventory(): Promise<void> {}
  @CircuitBreaker({ name: 'payments', consecutiveFailures: 1 })
  async payments(fails: boolean): Promise<void> {
    if (fails) throw new Error('no');
  }
  @CircuitBreaker({ name: 'tenants', consecutiveFailures: 1, key: ([tenant]) => String(tenant) })
  async tenant(tenant: string): Promise<void> {
    if (tenant.startsWith('bad')) throw new Error(tenant);
  }
}

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly resilience: ResilienceHealthIndicator,
    @Inject('options') private readonly options: ResilienceHealthOptions,
  ) {}
  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.resilience.isHealthy('circuits', this.options)]);
  }
}

describe('the health of circuits, through Terminus over HTTP', () => {
  let app: INestApplication<App>;
  let dependencies: Dependencies;
  afterEach(() => app.close());

  async function start(options: ResilienceHealthOptions = {}) {
    const module = await Test.createTestingModule({
      imports: [
        LooseCouplingModule.forRoot({
          logger: false,
          resilience: { policies: { inventory: { circuitBreaker: {} } } },
        }),
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [HealthController],
      providers: [Dependencies, { provide: 'options', useValue: options }],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await app.init();
    dependencies = app.get(Dependencies);
  }

  async function check() {
    const { status, body } = await supertest(app.getHttpServer()).get('/health');
    return [status, (body as { details?: { circuits: unknown } }).details?.circuits];
  }
  const open = () => dependencies.payments(true).catch(() => undefined);

  it('is up while all are closed, also before their first call', async () => {
    await start({ circuits: ['inventory', 'payments', 'tenants'] });
    const closed = { state: 'closed' };
    expect(await check()).toEqual([
      200,
      { status: 'up', degraded: false, circuits: { inventory: closed, payments: closed, tenants: closed } },
    ]);
  });

  it('is down while one is open, with how long it takes until a call is let through', async () => {
    await start();
    await open();
    expect(await check()).toMatchObject([
      503,
      { status: 'down', degraded: true, circuits: { payments: { state: 'open', retryAfterMs: expect.any(Number) } } },
    ]);
    app.get(ResilienceRegistry).circuitBreaker('payments').close();
    expect(await check()).toMatchObject([200, { status: 'up', degraded: false }]);
  });

  it('is down for a circuit that is forced open', async () => {
    await start();
    app.get(ResilienceRegistry).circuitBreaker('inventory').forceOpen();
    expect(await check()).toMatchObject([503, { circuits: { inventory: { state: 'forced-open' } } }]);
  });

  it('does not mind circuits that are not listed', async () => {
    await start({ circuits: ['inventory'] });
    await open();
    expect(await check()).toEqual([
      200,
      { status: 'up', degraded: false, circuits: { inventory: { state: 'closed' } } },
    ]);
  });

  it('stays up and says degraded, where an open circuit is no reason to be restarted', async () => {
    await start({ whenOpen: 'up' });
    await open();
    expect(await check()).toMatchObject([
      200,
      { status: 'up', degraded: true, circuits: { payments: { state: 'open' } } },
    ]);
  });

  it('is up, and degraded, while a circuit refuses some keys or all it knows; counts them, and names none', async () => {
    await start({ circuits: ['tenants'] });
    await dependencies.tenant('bad secret').catch(() => undefined);
    const tenants = { state: 'open', keys: { total: 1, refusing: 1 } };
    expect(await check()).toEqual([200, { status: 'up', degraded: true, circuits: { tenants } }]);
    await dependencies.tenant('good');
    expect(await check()).toMatchObject([200, { degraded: true, circuits: { tenants: { keys: { total: 2 } } } }]);
  });

  it.each([
    ['any', [200, 503, 503]],
    ['all', [200, 200, 503]],
  ] as const)('is down when %s of the keys refuse, where that is asked for', async (keyed, expected) => {
    await start({ circuits: ['tenants'], keyed });
    await dependencies.tenant('good');
    const seen = [await check()];
    await dependencies.tenant('bad').catch(() => undefined);
    seen.push(await check());
    app.get(ResilienceRegistry).circuitBreaker('tenants', 'good').forceOpen();
    seen.push(await check());
    expect(seen.map(([status]) => status)).toEqual(expected);
  });

  it('says when a listed circuit is one that nothing has', async () => {
    await start({ circuits: ['inventroy'] });
    expect((await check())[0]).toBe(500);
    expect(() => app.get(ResilienceHealthIndicator).isHealthy('circuits', { circuits: ['inventroy'] })).toThrow(
      expect.objectContaining({ code: 'LC_UNKNOWN_POLICY' }),
    );
  });
});
