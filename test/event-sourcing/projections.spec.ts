import { Global, Injectable, Module } from '@nestjs/common';
import { CqrsModule, UnhandledExceptionBus } from '@nestjs/cqrs';
import { NestFactory } from '@nestjs/core';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import {
  Aggregate,
  AggregateRepository,
  Apply,
  EventSourcedAggregateRoot,
  EventType,
  getAggregateRepositoryToken,
  On,
  PersistentSubscriptions,
  Projection,
  Projections,
  type EventEnvelope,
  type ProjectionContext,
} from 'nestjs-loose-coupling/event-sourcing';

@EventType('order.placed')
class OrderWasPlaced {
  constructor(readonly customerId: string) {}

  get shout(): string {
    return this.customerId.toUpperCase();
  }
}

@Aggregate({ category: 'order' })
class Order extends EventSourcedAggregateRoot {
  place(customerId: string): void {
    this.apply(new OrderWasPlaced(customerId));
  }

  @Apply(OrderWasPlaced)
  protected whenPlaced(): void {}
}

interface ListedOrder {
  readonly customer: string;
  readonly place: number;
}

/** What the handler is given must be there too. */
@Injectable()
class Names {
  readonly suffix = '!';
}

@Global()
@Module({ providers: [Names], exports: [Names] })
class NamesModule {}

@Projection<ListedOrder>({ name: 'order-list', retry: { maxAttempts: 1 }, lists: ({ place }) => ({ all: place }) })
class OrderList {
  constructor(private readonly names: Names) {}

  @On(OrderWasPlaced)
  placed(event: OrderWasPlaced, { envelope, documents }: ProjectionContext<ListedOrder>): void {
    if (event.customerId === 'nobody') throw new Error('nobody orders nothing');
    documents.put(envelope.streamName, { customer: event.shout + this.names.suffix, place: envelope.position });
  }
}

@Projection<{ count: number }>({ name: 'counts', mode: 'inline' })
class Counts {
  @On('order.placed')
  placed(_data: { customerId: string }, { documents }: ProjectionContext<{ count: number }>): void {
    documents.update('orders', (known) => ({ count: (known?.count ?? 0) + 1 }));
  }
}

async function start(store: { readonly type: 'memory' } | { readonly type: 'sqlite'; readonly file: string }) {
  @Module({
    imports: [
      LooseCouplingModule.forRoot({ store, logger: false }),
      LooseCouplingModule.forFeature({ aggregates: [Order], projections: [OrderList, Counts] }),
      CqrsModule.forRoot(),
      NamesModule,
    ],
  })
  class AppModule {}
  return NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
}

describe.each([{ type: 'memory' }, { type: 'sqlite', file: ':memory:' }] as const)('projections on $type', (store) => {
  it('follow aggregates, get what they inject, and are read through Projections', async () => {
    const app = await start(store);
    const orders = app.get<AggregateRepository<Order>>(getAggregateRepositoryToken(Order), { strict: false });
    const projections = app.get(Projections);
    await orders.execute('1', (order) => order.place('vinet'), { create: true });
    await orders.execute('2', (order) => order.place('tomsp'), { create: true });
    expect(await projections.readModel(Counts).get('orders')).toEqual({ count: 2 });
    await projections.waitForProjection(OrderList, { streamName: 'order-2', version: 1 });
    const { documents } = await projections.readModel<ListedOrder>(OrderList).list('all');
    expect(documents.map(({ key, value }) => [key, value.customer])).toEqual([
      ['order-1', 'VINET!'],
      ['order-2', 'TOMSP!'],
    ]);
    await app.close();
  });

  it('tell the UnhandledExceptionBus of what they park, once', async () => {
    const app = await start(store);
    const orders = app.get<AggregateRepository<Order>>(getAggregateRepositoryToken(Order), { strict: false });
    const told: string[] = [];
    app.get(UnhandledExceptionBus<EventEnvelope>).subscribe(({ cause, exception }) => {
      told.push(`${cause.streamName}: ${String(exception)}`);
    });
    await orders.execute('1', (order) => order.place('nobody'), { create: true });
    await app.get(Projections).waitForProjection(OrderList, { streamName: 'order-1', version: 1 });
    expect(told).toEqual(['order-1: Error: nobody orders nothing']);
    await app.close();
  });

  it('leave no handler running when the application has closed', async () => {
    const app = await start(store);
    const orders = app.get<AggregateRepository<Order>>(getAggregateRepositoryToken(Order), { strict: false });
    let running = 0;
    app.get(PersistentSubscriptions).subscribe({ name: 'slow' }, async () => {
      running += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    });
    await orders.execute('1', (order) => order.place('vinet'), { create: true });
    await orders.execute('2', (order) => order.place('vinet'), { create: true });
    await app.close();
    expect(running).toBe(0);
  });
});

it('refuses a class that is no projection', () => {
  class Nothing {}
  expect(() => LooseCouplingModule.forFeature({ projections: [Nothing] })).toThrow(/classes with @Projection/);
});
