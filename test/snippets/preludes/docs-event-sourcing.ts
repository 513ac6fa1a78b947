import { Injectable, Module } from '@nestjs/common';
import { defineEvent, LooseCouplingModule } from 'nestjs-loose-coupling';
import {
  Aggregate,
  AggregateRepository,
  Apply,
  EventSourcedAggregateRoot,
  EventType,
  InjectAggregateRepository,
  type AggregateSession,
  type EventStore,
} from 'nestjs-loose-coupling/event-sourcing';
import { z } from 'zod';

const OrderPlaced = defineEvent('shop.order.placed', {
  version: 1,
  schema: z.object({ orderId: z.string(), total: z.number() }),
});

class Order extends EventSourcedAggregateRoot {
  place(_customerId: string, _total: number): void {}
}
class Product extends EventSourcedAggregateRoot {
  reserve(_orderId: string, _quantity: number): void {}
}
class Reservation extends EventSourcedAggregateRoot {
  make(): void {}
}
declare const session: AggregateSession;
declare const store: EventStore;
