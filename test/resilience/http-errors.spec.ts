import {
  Catch,
  Controller,
  Get,
  Res,
  UseFilters,
  type ArgumentsHost,
  type ExceptionFilter,
  type Provider,
} from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ClosedError, LooseCouplingModule, type LooseCouplingOptions } from 'nestjs-loose-coupling';
import supertest from 'supertest';
import { BulkheadFullError } from '../../libs/loose-coupling/src/resilience/errors/bulkhead-full.error.js';
import { CircuitOpenError } from '../../libs/loose-coupling/src/resilience/errors/circuit-open.error.js';
import { OperationTimeoutError } from '../../libs/loose-coupling/src/resilience/errors/operation-timeout.error.js';
import { RateLimitedError } from '../../libs/loose-coupling/src/resilience/errors/rate-limited.error.js';

@Catch(CircuitOpenError)
class OwnFilter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost) {
    host.switchToHttp().getResponse<{ status(code: number): { send(body: string): void } }>().status(418).send('own');
  }
}

@Catch()
class CatchAllFilter extends BaseExceptionFilter {}

const FOREIGN_COPY = {
  [Symbol.for('nestjs-loose-coupling:error')]: true,
  code: 'LC_CIRCUIT_OPEN',
  statusCode: 503,
  retryAfterMs: 2_000,
  message: 'of another copy of the package',
};

@Controller()
class Failing {
  @Get('circuit')
  circuit() {
    throw new CircuitOpenError('payments', 'open', 1_200);
  }
  @Get('soon')
  soon() {
    throw new CircuitOpenError('payments', 'half-open', 0);
  }
  @Get('forced')
  forced() {
    throw new CircuitOpenError('payments', 'forced-open', undefined);
  }
  @Get('bulkhead')
  bulkhead() {
    throw new BulkheadFullError('payments', 10, 'full');
  }
  @Get('rate')
  rate() {
    throw new RateLimitedError('payments', 30_000);
  }
  @Get('timeout')
  timeout() {
    throw new OperationTimeoutError('payments', 800, 'attempt');
  }
  @Get('closed')
  closed() {
    throw new ClosedError('Resilience');
  }
  @Get('foreign')
  foreign() {
    throw FOREIGN_COPY;
  }
  @Get('other')
  other() {
    throw new TypeError('not ours');
  }
  @Get('sent')
  sent(@Res() response: { write(text: string): void }) {
    response.write('half of the ans');
    throw new CircuitOpenError('payments', 'open', 1_200);
  }
  @Get('own')
  @UseFilters(OwnFilter)
  own() {
    throw new CircuitOpenError('payments', 'open', 1_200);
  }
}

describe('what policies reject, over HTTP', () => {
  const running = new Set<NestExpressApplication>();
  afterEach(async () => {
    for (const app of running) await app.close();
    running.clear();
  });

  async function start(options?: LooseCouplingOptions, providers: Provider[] = [], filter?: ExceptionFilter) {
    const module = await Test.createTestingModule({
      imports: [LooseCouplingModule.forRoot(options)],
      controllers: [Failing],
      providers,
    }).compile();
    const app = module.createNestApplication<NestExpressApplication>({ logger: false });
    running.add(app);
    if (filter) app.useGlobalFilters(filter);
    await app.init();
    return app;
  }
  const get = (app: NestExpressApplication, path: string) => supertest(app.getHttpServer()).get(path);

  it.each([
    ['circuit', 503, 'Service Unavailable', 'LC_CIRCUIT_OPEN', '2'],
    ['soon', 503, 'Service Unavailable', 'LC_CIRCUIT_OPEN', '1'],
    ['forced', 503, 'Service Unavailable', 'LC_CIRCUIT_OPEN', undefined],
    ['bulkhead', 503, 'Service Unavailable', 'LC_BULKHEAD_FULL', undefined],
    ['rate', 429, 'Too Many Requests', 'LC_RATE_LIMITED', '30'],
    ['timeout', 504, 'Gateway Timeout', 'LC_OPERATION_TIMEOUT', undefined],
    ['closed', 503, 'Service Unavailable', 'LC_CLOSED', undefined],
    ['foreign', 503, 'Service Unavailable', 'LC_CIRCUIT_OPEN', '2'],
  ])('answers /%s with %i %s, %s and Retry-After %s', async (path, statusCode, error, code, retryAfter) => {
    const answer = await get(await start(), `/${path}`);
    expect(answer.status).toBe(statusCode);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.body).toEqual({ statusCode, error, code, message: expect.any(String) });
  });

  it('tells callers neither names of policies nor advice for developers', async () => {
    const app = await start();
    for (const path of ['circuit', 'bulkhead', 'rate', 'timeout']) {
      expect((await get(app, `/${path}`)).text).not.toMatch(/payments|maxConcurrent/);
    }
  });

  it('asks callers to open another connection when the application is closing, which waits for this one', async () => {
    const app = await start();
    const connection = async (path: string) =>
      (await get(app, path).set('Connection', 'keep-alive')).headers.connection;
    expect([await connection('/closed'), await connection('/circuit')]).toEqual(['close', 'keep-alive']);
  });

  it('leaves every other error to Nest', async () => {
    expect((await get(await start(), '/other')).body).toEqual({ statusCode: 500, message: 'Internal server error' });
  });

  it('ends an answer that has begun, instead of changing it', async () => {
    const answer = await get(await start(), '/sent');
    expect([answer.status, answer.text]).toEqual([200, 'half of the ans']);
  });

  it("lets the application's own filters go first: on the method, global, and as APP_FILTER", async () => {
    expect((await get(await start(), '/own')).status).toBe(418);
    const asProvider = await start({}, [{ provide: APP_FILTER, useClass: OwnFilter }]);
    expect((await get(asProvider, '/circuit')).status).toBe(418);
    expect((await get(asProvider, '/rate')).status).toBe(429);
    const inCode = await start({}, [], new OwnFilter());
    expect((await get(inCode, '/circuit')).status).toBe(418);
  });

  it("gives a catch-all filter of Nest's kind the right status all the same", async () => {
    const app = await start({}, [{ provide: APP_FILTER, useClass: CatchAllFilter }]);
    expect((await get(app, '/circuit')).body.statusCode).toBe(503);
    expect((await get(app, '/timeout')).body.statusCode).toBe(504);
  });

  it('does nothing when switched off', async () => {
    const answer = await get(await start({ resilience: { httpErrors: false } }), '/circuit');
    expect(answer.headers['retry-after']).toBeUndefined();
    expect(answer.body).not.toHaveProperty('code');
  });
});
