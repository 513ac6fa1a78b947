import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { defineEvent, MessageBus, OnEvent } from 'nestjs-loose-coupling';
import { Aggregate, Apply, EventSourcedAggregateRoot, EventType } from 'nestjs-loose-coupling/event-sourcing';
import { FakeClock, given, LooseCouplingTestingModule, MessageProbe } from 'nestjs-loose-coupling/testing';

const OrderPlaced = defineEvent<{ orderId: string; total: number }>('shop.order.placed', { version: 1 });

@Injectable()
class StockReactions {
  @OnEvent(OrderPlaced)
  reserve(): void {}
}

const OrderShipped = defineEvent<{ orderId: string }>('shop.order.shipped');

class OrderNotPlacedError extends Error {}

@EventType('order.placed')
class OrderWasPlaced {
  constructor(
    readonly customerId: string,
    readonly total: number,
  ) {}
}

@EventType('order.shipped')
class OrderWasShipped {}

@Aggregate({ category: 'order', events: [OrderWasPlaced] })
class Order extends EventSourcedAggregateRoot {
  status = 'placed';

  ship(): void {
    this.apply(new OrderWasShipped());
    this.emit(OrderShipped, { orderId: this.id });
  }

  @Apply(OrderWasShipped)
  protected whenShipped(): void {
    this.status = 'shipped';
  }
}
