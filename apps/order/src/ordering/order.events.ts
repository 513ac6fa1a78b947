import { EventType } from 'nestjs-loose-coupling/event-sourcing';

/** One product of an order, at the price it was ordered for. */
export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: number;
}

@EventType('order.placed', { version: 1 })
export class OrderWasPlaced {
  constructor(
    readonly customerId: string,
    readonly lines: readonly OrderLine[],
    /** Epoch milliseconds. */
    readonly at: number,
  ) {}
}

@EventType('order.confirmed', { version: 1 })
export class OrderWasConfirmed {
  constructor(readonly at: number) {}
}

@EventType('order.rejected', { version: 1 })
export class OrderWasRejected {
  constructor(
    readonly reason: string,
    readonly at: number,
  ) {}
}

@EventType('order.cancelled', { version: 1 })
export class OrderWasCancelled {
  constructor(
    readonly at: number,
    /** Why the shop cancelled it; absent when the customer did. */
    readonly reason?: string,
  ) {}
}

@EventType('order.paid', { version: 1 })
export class OrderWasPaid {
  constructor(readonly at: number) {}
}

export type OrderEvent = OrderWasPlaced | OrderWasConfirmed | OrderWasRejected | OrderWasCancelled | OrderWasPaid;
