import { EventType } from 'nestjs-loose-coupling/event-sourcing';

/** A product became known, or what is known of it changed. */
@EventType('product.listed', { version: 1 })
export class ProductWasListed {
  constructor(
    readonly name: string,
    readonly unitPrice: number,
    /** Pieces in the warehouse, reserved ones included. */
    readonly onHand: number,
  ) {}
}

@EventType('product.reserved', { version: 1 })
export class ProductWasReserved {
  constructor(
    readonly orderId: string,
    readonly quantity: number,
  ) {}
}

@EventType('product.released', { version: 1 })
export class ProductWasReleased {
  constructor(
    readonly orderId: string,
    readonly quantity: number,
  ) {}
}

export type ProductEvent = ProductWasListed | ProductWasReserved | ProductWasReleased;

/** What inventory needs to know of an order: how many of which product. */
export interface ReservedLine {
  readonly sku: string;
  readonly quantity: number;
}

@EventType('reservation.made', { version: 1 })
export class ReservationWasMade {
  constructor(
    readonly lines: readonly ReservedLine[],
    /** Epoch milliseconds. */
    readonly at: number,
  ) {}
}

@EventType('reservation.refused', { version: 1 })
export class ReservationWasRefused {
  constructor(
    readonly lines: readonly ReservedLine[],
    readonly reason: string,
    readonly at: number,
  ) {}
}

/** Also recorded when nothing was reserved yet: the cancellation came first. */
@EventType('reservation.released', { version: 1 })
export class ReservationWasReleased {
  constructor(readonly at: number) {}
}

export type ReservationEvent = ReservationWasMade | ReservationWasRefused | ReservationWasReleased;
