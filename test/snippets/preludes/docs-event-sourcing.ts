import { Injectable, Module } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { defineEvent, LooseCouplingModule } from 'nestjs-loose-coupling';
import {
  Aggregate,
  AggregateRepository,
  Apply,
  ConcurrencyRetry,
  defineDecider,
  EventSourcedAggregateRoot,
  EventType,
  IdempotentCommand,
  InjectAggregateRepository,
  InjectDecider,
  type AggregateSession,
  type DeciderEvent,
  type DeciderRepository,
  type EventStore,
} from 'nestjs-loose-coupling/event-sourcing';
import { z } from 'zod';

const OrderPlaced = defineEvent('shop.order.placed', {
  version: 1,
  schema: z.object({ orderId: z.string(), total: z.number() }),
});

class ShipOrder {
  constructor(
    readonly commandId: string,
    readonly orderId: string,
  ) {}
}
class Order extends EventSourcedAggregateRoot {
  ship(): void {}
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
