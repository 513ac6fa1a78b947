import {
  OnDeadline,
  ProcessManager,
  StartedBy,
  type EventEnvelope,
  type Process,
} from 'nestjs-loose-coupling/event-sourcing';
import { StockRejected, StockReserved, type StockRejectedData } from '@shop/contracts';
import { OrderWasCancelled, OrderWasPaid, OrderWasPlaced } from '../order.events.js';
import { CancelUnpaidOrder, ConfirmOrder, RejectOrder } from './order-decisions.contracts.js';
import { PaymentTerms } from './payment-terms.js';

interface Fulfilment {
  reserved: boolean;
  paid: boolean;
}

interface OfOrder {
  readonly orderId: string;
}

const orderIdOf = ({ orderId }: OfOrder): string => orderId;
/** Of an event in the stream of its order. */
const orderOf = (_event: object, { streamName }: EventEnvelope): string => streamName.slice('order-'.length);

/**
 * What becomes of an order: confirmed once its stock is reserved, or, where a payment deadline is set, once it is paid
 * as well. It hears from the order's own events and from inventory, in any order, so each may come first.
 */
@ProcessManager<Fulfilment>('order-fulfilment', {
  initialState: { reserved: false, paid: false },
  queue: 'order-fulfilment',
})
export class OrderFulfilment {
  constructor(private readonly terms: PaymentTerms) {}

  @StartedBy(OrderWasPlaced, orderOf)
  placed(_event: OrderWasPlaced, process: Process<Fulfilment>): void {
    if (!process.state.reserved) process.waitFor('stock');
  }

  @StartedBy(StockReserved, orderIdOf)
  reserved({ orderId }: OfOrder, process: Process<Fulfilment>): void {
    process.update({ reserved: true });
    const { deadlineMs } = this.terms;
    if (deadlineMs === undefined || process.state.paid) return this.confirm(process);
    process.compensateWith(CancelUnpaidOrder, { orderId });
    process.schedule('payment', { after: deadlineMs });
    process.waitFor('payment');
  }

  @StartedBy(StockRejected, orderIdOf)
  rejected({ orderId, reason }: StockRejectedData, process: Process<Fulfilment>): void {
    process.send(RejectOrder, { orderId, reason });
    process.complete();
  }

  @StartedBy(OrderWasPaid, orderOf)
  paid(_event: OrderWasPaid, process: Process<Fulfilment>): void {
    process.update({ paid: true });
    if (process.state.reserved) this.confirm(process);
  }

  @StartedBy(OrderWasCancelled, orderOf)
  cancelled(_event: OrderWasCancelled, process: Process<Fulfilment>): void {
    process.complete();
  }

  /** The order decides: it may have been paid a moment ago, and then says so instead of being cancelled. */
  @OnDeadline('payment')
  unpaid(process: Process<Fulfilment>): void {
    process.compensate('not paid in time');
    process.waitFor('cancellation');
  }

  private confirm(process: Process<Fulfilment>): void {
    process.send(ConfirmOrder, { orderId: process.id });
    process.complete();
  }
}
