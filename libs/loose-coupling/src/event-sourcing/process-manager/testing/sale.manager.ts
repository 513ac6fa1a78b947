import { defineCommand, defineEvent, type EventOf } from '../../../messaging/index.js';
import { ContinuedBy, OnDeadline, StartedBy } from '../process-handler.decorators.js';
import { ProcessManager } from '../process-manager.decorator.js';
import type { Process } from '../process.js';

interface OfSale {
  readonly saleId: string;
}

export const Ordered = defineEvent<OfSale & { readonly price: number }>('sale.ordered');
export const Reserved = defineEvent<OfSale>('sale.reserved');
export const Shipped = defineEvent<OfSale>('sale.shipped');
export const Paid = defineEvent<OfSale>('sale.paid');
export const Closed = defineEvent<OfSale & { readonly how: 'paid' | 'undone' }>('sale.closed');
export const Reserve = defineCommand<OfSale & { readonly price: number }>('sale.reserve');
export const Ship = defineCommand<OfSale>('sale.ship');
export const Release = defineCommand<OfSale>('sale.release', { ordered: true, key: ({ saleId }) => saleId });
export const TakeBack = defineCommand<OfSale>('sale.take-back');

export const PAYMENT_MS = 60_000;
export const GRACE_MS = 5_000;

interface SaleState {
  price: number;
  reminded: boolean;
}

const saleOf = ({ saleId }: OfSale): string => saleId;

/** Reserve, ship, wait for the money; take everything back when it does not come. */
@ProcessManager<SaleState>('sale', { initialState: { price: 0, reminded: false } })
export class SaleManager {
  @StartedBy(Ordered, saleOf)
  ordered({ saleId, price }: EventOf<typeof Ordered>, process: Process<SaleState>): void {
    process.update({ price });
    process.send(Reserve, { saleId, price });
    process.waitFor('reservation');
  }

  @StartedBy(Reserved, saleOf)
  reserved({ saleId }: OfSale, process: Process<SaleState>): void {
    process.compensateWith(Release, { saleId });
    process.send(Ship, { saleId });
    process.waitFor('shipment');
  }

  @ContinuedBy(Shipped, saleOf)
  shipped({ saleId }: OfSale, process: Process<SaleState>): void {
    process.compensateWith(TakeBack, { saleId });
    process.schedule('payment', { after: PAYMENT_MS });
    process.waitFor('payment');
  }

  @ContinuedBy(Paid, saleOf, { ifNotStarted: 'ignore' })
  paid({ saleId }: OfSale, process: Process<SaleState>): void {
    process.publish(Closed, { saleId, how: 'paid' });
    process.complete();
  }

  @OnDeadline('payment')
  unpaid(process: Process<SaleState>): void {
    if (!process.state.reminded) {
      process.update({ reminded: true });
      process.schedule('payment', { after: GRACE_MS });
      return;
    }
    process.compensate('not paid in time');
    process.publish(Closed, { saleId: process.id, how: 'undone' });
    process.complete();
  }
}
