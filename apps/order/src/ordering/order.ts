import { Aggregate, Apply, EventSourcedAggregateRoot } from 'nestjs-loose-coupling/event-sourcing';
import { OrderCancelled, OrderPlaced } from '@shop/contracts';
import {
  OrderWasCancelled,
  OrderWasConfirmed,
  OrderWasPaid,
  OrderWasPlaced,
  OrderWasRejected,
  type OrderEvent,
  type OrderLine,
} from './order.events.js';
import { OrderNotCancellableError } from './order-not-cancellable.error.js';
import { OrderNotPayableError } from './order-not-payable.error.js';

export type OrderStatus = 'pending' | 'confirmed' | 'rejected' | 'cancelled';

/** One step in the life of an order. */
export interface OrderStep {
  readonly status: OrderStatus;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** An order and what it has come to. It decides alone; what inventory says arrives as events. */
@Aggregate({ category: 'order' })
export class Order extends EventSourcedAggregateRoot<OrderEvent> {
  status: OrderStatus = 'pending';
  customerId = '';
  lines: readonly OrderLine[] = [];
  reason?: string;
  /** Epoch milliseconds. */
  paidAt?: number;
  readonly history: OrderStep[] = [];

  place(customerId: string, lines: readonly OrderLine[], now: number): void {
    this.apply(new OrderWasPlaced(customerId, lines, now));
    this.emit(OrderPlaced, { orderId: this.id, customerId, lines: [...lines] });
  }

  /** Inventory holds the goods. Too late for an order that is cancelled: inventory hears of that by itself. */
  confirm(now: number): void {
    if (this.status === 'pending') this.apply(new OrderWasConfirmed(now));
  }

  reject(reason: string, now: number): void {
    if (this.status === 'pending') this.apply(new OrderWasRejected(reason, now));
  }

  /** @throws {OrderNotCancellableError} when nothing is left to cancel */
  cancel(now: number): void {
    if (this.status === 'cancelled') return;
    if (this.status === 'rejected') throw new OrderNotCancellableError(this.id, this.status);
    this.off(new OrderWasCancelled(now));
  }

  /** The money is there. @throws {OrderNotPayableError} when the order is off */
  pay(now: number): void {
    if (this.paidAt !== undefined) return;
    if (this.status !== 'pending' && this.status !== 'confirmed') throw new OrderNotPayableError(this.id, this.status);
    this.apply(new OrderWasPaid(now));
  }

  /** The time to pay is over. Too late for an order that was paid a moment ago, or is decided otherwise. */
  cancelUnpaid(now: number): void {
    if (this.status !== 'pending' || this.paidAt !== undefined) return;
    this.off(new OrderWasCancelled(now, 'The order was not paid in time.'));
  }

  @Apply(OrderWasPlaced)
  protected whenPlaced(event: OrderWasPlaced): void {
    this.customerId = event.customerId;
    this.lines = event.lines;
    this.become('pending', event.at);
  }

  @Apply(OrderWasConfirmed)
  protected whenConfirmed(event: OrderWasConfirmed): void {
    this.become('confirmed', event.at);
  }

  @Apply(OrderWasRejected)
  protected whenRejected(event: OrderWasRejected): void {
    this.reason = event.reason;
    this.become('rejected', event.at);
  }

  @Apply(OrderWasCancelled)
  protected whenCancelled(event: OrderWasCancelled): void {
    if (event.reason !== undefined) this.reason = event.reason;
    this.become('cancelled', event.at);
  }

  @Apply(OrderWasPaid)
  protected whenPaid(event: OrderWasPaid): void {
    this.paidAt = event.at;
  }

  /** Inventory hears of it, and releases what is reserved. */
  private off(event: OrderWasCancelled): void {
    this.apply(event);
    this.emit(OrderCancelled, { orderId: this.id });
  }

  private become(status: OrderStatus, at: number): void {
    this.status = status;
    this.history.push({ status, at });
  }
}
