import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { defineEvent, LooseCouplingModule, OnEvent, type EventOf } from 'nestjs-loose-coupling';
import {
  Aggregate,
  AggregateRepository,
  Apply,
  EventSourcedAggregateRoot,
  EventType,
  getAggregateRepositoryToken,
} from 'nestjs-loose-coupling/event-sourcing';
import { z } from 'zod';

const OrderPlaced = defineEvent('shop.order.placed', {
  version: 1,
  schema: z.object({ orderId: z.string(), total: z.number() }),
  key: (event) => event.orderId,
});

@EventType('order-was-placed')
class OrderWasPlaced {
  constructor(readonly total: number) {}
}

@Aggregate({ category: 'order' })
class Order extends EventSourcedAggregateRoot<OrderWasPlaced> {
  total = 0;

  place(total: number): void {
    this.apply(new OrderWasPlaced(total));
    this.emit(OrderPlaced, { orderId: this.id, total });
  }

  @Apply(OrderWasPlaced)
  protected whenPlaced(event: OrderWasPlaced): void {
    this.total = event.total;
  }
}

@Injectable()
class StockReactions {
  private handled: (event: EventOf<typeof OrderPlaced>) => void = () => undefined;
  readonly first = new Promise<EventOf<typeof OrderPlaced>>((resolve) => (this.handled = resolve));

  @OnEvent(OrderPlaced)
  reserve(event: EventOf<typeof OrderPlaced>): void {
    this.handled(event);
  }
}

@Module({
  imports: [
    LooseCouplingModule.forRoot({
      service: 'shop',
      transport: { type: 'local', file: 'broker.db' },
      store: { type: 'sqlite', file: 'shop.db' },
    }),
    LooseCouplingModule.forFeature({ aggregates: [Order] }),
  ],
  providers: [StockReactions],
})
class AppModule {}

/** Stores an order, hears of it through the outbox and the broker, loads it again, and closes. */
export async function placeAnOrder(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  const orders = app.get<AggregateRepository<Order>>(getAggregateRepositoryToken(Order));
  await orders.execute('10248', (order) => order.place(440), { create: true });
  assert.deepEqual(await app.get(StockReactions).first, { orderId: '10248', total: 440 });
  assert.equal((await orders.load('10248')).total, 440);
  await app.close();
  console.log('order 10248 was handled');
}
