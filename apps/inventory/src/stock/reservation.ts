import { Aggregate, Apply, EventSourcedAggregateRoot } from 'nestjs-loose-coupling/event-sourcing';
import { StockRejected, StockReserved } from '@shop/contracts';
import {
  ReservationWasMade,
  ReservationWasRefused,
  ReservationWasReleased,
  type ReservationEvent,
  type ReservedLine,
} from './stock.events.js';

export type ReservationStatus = 'reserved' | 'rejected' | 'released';

/** Inventory's own picture of an order: what is set aside for it. Its id is the order's. */
@Aggregate({ category: 'reservation' })
export class Reservation extends EventSourcedAggregateRoot<ReservationEvent> {
  status?: ReservationStatus;
  lines: readonly ReservedLine[] = [];
  reason?: string;

  /** Whether the order was decided on before, or cancelled before it could be. */
  get decided(): boolean {
    return this.status !== undefined;
  }

  make(lines: readonly ReservedLine[], now: number): void {
    this.apply(new ReservationWasMade(lines, now));
    this.emit(StockReserved, { orderId: this.id });
  }

  refuse(lines: readonly ReservedLine[], reason: string, now: number): void {
    this.apply(new ReservationWasRefused(lines, reason, now));
    this.emit(StockRejected, { orderId: this.id, reason });
  }

  release(now: number): void {
    this.apply(new ReservationWasReleased(now));
  }

  @Apply(ReservationWasMade)
  protected whenMade(event: ReservationWasMade): void {
    this.status = 'reserved';
    this.lines = event.lines;
  }

  @Apply(ReservationWasRefused)
  protected whenRefused(event: ReservationWasRefused): void {
    this.status = 'rejected';
    this.lines = event.lines;
    this.reason = event.reason;
  }

  @Apply(ReservationWasReleased)
  protected whenReleased(): void {
    this.status = 'released';
  }
}
