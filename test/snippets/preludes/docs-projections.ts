import { Injectable, Module } from '@nestjs/common';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import {
  EventSourcedAggregateRoot,
  EventType,
  On,
  PersistentSubscriptions,
  Projection,
  Projections,
  type DocumentPage,
  type EventStore,
  type ListCursor,
  type ProjectionContext,
} from 'nestjs-loose-coupling/event-sourcing';

@EventType('order.placed')
class OrderWasPlaced {
  constructor(readonly customerId: string) {}
}
class Order extends EventSourcedAggregateRoot {}
class OrderList {}

declare const store: EventStore;
declare const projections: Projections;
declare const order: Order;
declare function sendMail(data: unknown, options: object): Promise<void>;
