import { Controller, Injectable } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { firstValueFrom, lastValueFrom, of } from 'rxjs';
import { defineCommand, defineEvent, MessageBus, OnCommand, OnEvent, OnRequest } from 'nestjs-loose-coupling';
import { LooseCouplingModule, MessageTransport, type MessageContext } from 'nestjs-loose-coupling';
import { SqsServer, SQS_TRANSPORT, type SqsEventExtras } from 'nestjs-loose-coupling/microservices';
import { collector } from './collector.js';
import { describeMicroservices, type Bench } from './describe-microservices.js';

const OrderPlaced = defineEvent<{ total: number }>('shop.order.placed');
const OrderPaid = defineEvent<{ id: string }>('shop.order.paid');
const Reserve = defineCommand<{ sku: string }>('inventory.stock.reserve', { queue: 'inventory' });
const GetStock = defineCommand<{ sku: string }, number>('inventory.stock.get', { queue: 'inventory' });
const GetPrice = defineCommand<{ sku: string }, number>('shop.price.get', { queue: 'shop' });
const SetPrice = defineCommand<{ sku: string }>('shop.price.set', { queue: 'shop' });

const seen = collector<unknown[]>();

@Controller()
class Patterns {
  @EventPattern(OrderPlaced.name)
  placed(@Payload() data: unknown) {
    seen.add(['placed', data]);
  }
  @EventPattern(OrderPaid.name, SQS_TRANSPORT, { filter: { id: [{ prefix: 'a' }] } } satisfies SqsEventExtras)
  paid(@Payload() data: unknown) {
    seen.add(['paid', data]);
  }
  @MessagePattern(Reserve.name)
  reserve(@Payload() data: unknown) {
    seen.add(['reserve', data]);
  }
  @MessagePattern(GetStock.name)
  stock(@Payload() { sku }: { sku: string }) {
    return of(0, sku.length);
  }
}

@Injectable()
class Handlers {
  @OnEvent(OrderPaid)
  paid(data: unknown, context: MessageContext) {
    seen.add(['paid', data, context.source, context.correlationId]);
  }
  @OnRequest(GetPrice)
  price({ sku }: { sku: string }) {
    if (sku === '') throw new TypeError('no sku');
    return sku.length * 10;
  }
  @OnCommand(SetPrice)
  set(data: unknown) {
    seen.add(['set', data]);
  }
}

/** A service with a `MessageBus` on the bench's transport. */
async function startBus({ transport, closing }: Bench, providers = [Handlers]): Promise<MessageBus> {
  const shared = Object.create(transport, { close: { value: async () => undefined } }) as MessageTransport;
  const app = await Test.createTestingModule({
    imports: [LooseCouplingModule.forRoot({ service: 'shop', logger: false })],
    providers,
  })
    .overrideProvider(MessageTransport)
    .useValue(shared)
    .compile();
  closing(app);
  await app.init();
  return app.get(MessageBus);
}

describeMicroservices('patterns and the message bus', (bench) => {
  beforeEach(() => seen.clear());

  it('lets a MessageBus publish, send and request to patterns', async () => {
    await bench().service({ controllers: [Patterns] });
    const bus = await startBus(bench(), []);
    await bus.publish(OrderPlaced, { total: 1 });
    expect(await seen.take(1)).toEqual([['placed', { total: 1 }]]);
    await bus.publish(OrderPaid, { id: 'b' });
    await bus.publish(OrderPaid, { id: 'a' });
    expect(await seen.take(1)).toEqual([['paid', { id: 'a' }]]);
    await bus.send(Reserve, { sku: 'x' });
    expect(await seen.take(1)).toEqual([['reserve', { sku: 'x' }]]);
    // The bus takes one reply: the last value.
    expect(await bus.request(GetStock, { sku: 'abc' })).toBe(3);
  });

  it('lets a client reach the handlers of a MessageBus', async () => {
    await startBus(bench());
    const client = bench().client({ queue: 'shop', service: 'web', events: 'topic' });
    expect(await firstValueFrom(client.send(GetPrice.name, { sku: 'ab' }))).toBe(20);
    await expect(firstValueFrom(client.send(GetPrice.name, { sku: '' }))).rejects.toMatchObject({
      code: 'LC_REMOTE_ERROR',
      errorType: 'TypeError',
      remoteMessage: 'no sku',
    });
    await lastValueFrom(client.emit(OrderPaid.name, { id: 'c' }), { defaultValue: undefined });
    expect(await seen.take(1)).toEqual([['paid', { id: 'c' }, 'web', expect.any(String)]]);
    const direct = bench().client({ queue: 'shop' });
    await lastValueFrom(direct.emit(SetPrice.name, { sku: 'd' }), { defaultValue: undefined });
    expect(await seen.take(1)).toEqual([['set', { sku: 'd' }]]);
  });

  it('runs beside an HTTP server and a MessageBus in one application', async () => {
    const { transport, closing } = bench();
    const moduleRef = await Test.createTestingModule({ controllers: [Patterns] }).compile();
    const app = closing(moduleRef.createNestApplication({ logger: false }));
    app.connectMicroservice({ strategy: new SqsServer({ transport, queue: 'inventory' }) });
    await app.startAllMicroservices();
    await app.init();
    expect(await firstValueFrom(bench().client().send(GetStock.name, { sku: 'abcd' }))).toBe(0);
    await lastValueFrom(bench().client().emit(OrderPlaced.name, {}), { defaultValue: undefined });
    expect(await seen.take(1)).toEqual([['placed', {}]]);
  });
});
