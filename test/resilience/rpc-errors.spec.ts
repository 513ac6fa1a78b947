import { Catch, Controller, Logger, type ExceptionFilter } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { MessagePattern, Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { defineCommand, LooseCouplingModule, OnCommand, RemoteError, OnRequest } from 'nestjs-loose-coupling';
import { from, lastValueFrom } from 'rxjs';
import { CircuitOpenError } from '../../libs/loose-coupling/src/resilience/errors/circuit-open.error.js';
import { RateLimitedError } from '../../libs/loose-coupling/src/resilience/errors/rate-limited.error.js';
import { closeApps, startApp } from '../messaging/start-app.js';

/** A microservice's transport without a wire. */
class Wireless extends Server implements CustomTransportStrategy {
  listen(callback: () => void) {
    callback();
  }
  close() {}
  on() {}
  unwrap<T>(): T {
    return undefined as T;
  }
  /** What a caller gets: a value, or an error object. */
  async ask(pattern: string): Promise<unknown> {
    const handler = this.getHandlerByPattern(`"${pattern}"`) ?? this.getHandlerByPattern(pattern);
    if (!handler) throw new Error(`nobody handles ${pattern}`);
    return lastValueFrom(from(this.transformToObservable(await handler({}, undefined))));
  }
}

@Controller()
class Failing {
  @MessagePattern('circuit')
  circuit() {
    throw new CircuitOpenError('payments', 'open', 1_200);
  }
  @MessagePattern('later')
  async later() {
    throw new CircuitOpenError('payments', 'forced-open', undefined);
  }
  @MessagePattern('rate')
  rate() {
    throw new RateLimitedError('payments', 30_000);
  }
}

describe('what policies reject, in a Nest microservice', () => {
  it('reaches the caller as an error object with status, code and the wait', async () => {
    const strategy = new Wireless();
    const module = await Test.createTestingModule({
      imports: [LooseCouplingModule.forRoot({ logger: false })],
      controllers: [Failing],
    }).compile();
    const service = module.createNestMicroservice({ strategy, logger: false });
    await service.listen();

    const message = expect.any(String);
    await expect(strategy.ask('circuit')).rejects.toEqual({
      status: 'error',
      statusCode: 503,
      code: 'LC_CIRCUIT_OPEN',
      retryAfterMs: 1_200,
      message,
    });
    await expect(strategy.ask('rate')).rejects.toMatchObject({ statusCode: 429, retryAfterMs: 30_000 });
    await expect(strategy.ask('later')).rejects.toEqual({
      status: 'error',
      statusCode: 503,
      code: 'LC_CIRCUIT_OPEN',
      message,
    });
    await service.close();
  });
});

const Ship = defineCommand<{ id: string }>('shop.ship');
const Pack = defineCommand<{ id: string }>('shop.pack');
const Price = defineCommand<{ sku: string }, number>('shop.price');

@Catch(TypeError)
class UnconcernedFilter implements ExceptionFilter {
  catch() {}
}

class Handlers {
  @OnCommand(Ship, { retry: { maxAttempts: 1 } })
  ship() {
    throw new CircuitOpenError('carrier', 'open', 1_200);
  }
  @OnCommand(Pack, { retry: { maxAttempts: 1 } })
  pack() {
    throw new TypeError('not of a policy');
  }
  @OnRequest(Price)
  price(): number {
    throw new CircuitOpenError('prices', 'open', 1_200);
  }
}

describe('what policies reject, in a message handler', () => {
  afterEach(closeApps);

  // With a filter of the application's, Nest runs its filters around our handlers too, ours among them.
  it.each([
    ['no filter', []],
    ['a filter', [{ provide: APP_FILTER, useClass: UnconcernedFilter }]],
  ])('comes to the consumer untouched, in an application with %s', async (_what, filters) => {
    const { bus, deadLetter } = await startApp({ providers: [Handlers, ...filters] });
    await bus.send(Ship, { id: '1' });
    const { details } = await deadLetter('shop-ship');
    expect(details).toMatchObject({ errorType: 'CircuitOpenError', errorCode: 'LC_CIRCUIT_OPEN' });
    await expect(bus.request(Price, { sku: 'A' })).rejects.toMatchObject({
      constructor: RemoteError,
      errorCode: 'LC_CIRCUIT_OPEN',
    });
  });

  it('has Nest log nothing beside the consumer, of other failures neither', async () => {
    const nest = jest.spyOn(Logger.prototype, 'error').mockImplementation();
    const logger = { log: jest.fn(), warn: jest.fn(), error: jest.fn() };
    const { bus, deadLetter } = await startApp({ providers: [Handlers], logger });
    await bus.send(Pack, { id: '1' });
    await deadLetter('shop-pack');
    expect(logger.error.mock.calls.length + logger.warn.mock.calls.length).toBe(1);
    expect(nest).not.toHaveBeenCalled();
    nest.mockRestore();
  });
});
