import { describe, it } from 'node:test';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { defineCommand, defineEvent, MessageBus, OnEvent } from 'nestjs-loose-coupling';
import {
  Aggregate,
  Apply,
  ContinuedBy,
  EventSourcedAggregateRoot,
  EventType,
  On,
  OnDeadline,
  ProcessManager,
  Projection,
  StartedBy,
  type Process,
  type ProjectionContext,
} from 'nestjs-loose-coupling/event-sourcing';
import {
  describeEventStoreContract,
  type EventStoreFactory,
  FakeClock,
  given,
  LooseCouplingTestingModule,
  MessageProbe,
} from 'nestjs-loose-coupling/testing';

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

const StockReserved = defineEvent<{ orderId: string }>('shop.stock.reserved');
const OrderPaid = defineEvent<{ orderId: string }>('shop.order.paid');
const ReleaseStock = defineCommand<{ orderId: string }>('shop.release-stock');
const ShipOrder = defineCommand<{ orderId: string; total: number }>('shop.ship-order');

@ProcessManager('order-fulfilment', { initialState: { total: 0 } })
class OrderFulfilment {
  @StartedBy(OrderPlaced, ({ orderId }) => orderId)
  placed({ total }: { total: number }, process: Process<{ total: number }>): void {
    process.update({ total });
  }

  @ContinuedBy(StockReserved, ({ orderId }) => orderId)
  reserved({ orderId }: { orderId: string }, process: Process): void {
    process.compensateWith(ReleaseStock, { orderId });
    process.schedule('payment', { after: 15 * 60_000 });
  }

  @ContinuedBy(OrderPaid, ({ orderId }) => orderId)
  paid({ orderId }: { orderId: string }, process: Process<{ total: number }>): void {
    process.send(ShipOrder, { orderId, total: process.state.total });
    process.complete();
  }

  @OnDeadline('payment')
  unpaid(process: Process): void {
    process.compensate();
    process.complete();
  }
}

interface ListedOrder {
  readonly customerId: string;
  readonly status: string;
}

@Projection({ name: 'order-list' })
class OrderList {
  @On(OrderWasPlaced)
  placed({ customerId }: OrderWasPlaced, { envelope, documents }: ProjectionContext<ListedOrder>): void {
    documents.put(envelope.streamName.slice('order-'.length), { customerId, status: 'placed' });
  }

  @On(OrderWasShipped)
  shipped(_event: OrderWasShipped, { envelope, documents }: ProjectionContext<ListedOrder>): void {
    documents.update(envelope.streamName.slice('order-'.length), (order) => order && { ...order, status: 'shipped' });
  }
}

declare const openMyStore: EventStoreFactory;
