import { Injectable } from '@nestjs/common';
import { Clock } from 'nestjs-loose-coupling';
import { AggregateSession, type AggregateUnit } from 'nestjs-loose-coupling/event-sourcing';
import { shortageOf, totalByProduct } from './allocate.js';
import { Product } from './product.js';
import { Reservation } from './reservation.js';
import type { ReservedLine } from './stock.events.js';

/** Many orders want the same products at the same time; each conflict means deciding again. */
const RETRIES = 20;

/** Sets stock aside for orders and frees it again; all lines of an order, or none, in one transaction. */
@Injectable()
export class ReservationsService {
  constructor(
    private readonly session: AggregateSession,
    private readonly clock: Clock,
  ) {}

  /** Decides an order once: a repeat, or an order that was cancelled first, changes nothing. */
  reserve(orderId: string, ordered: readonly ReservedLine[]): Promise<void> {
    const lines = totalByProduct(ordered);
    return this.session.execute(
      async (unit) => {
        const reservation = await unit.loadOrCreate(Reservation, orderId);
        if (reservation.decided) return;
        const products = await loadProducts(unit, lines);
        const shortage = shortageOf(lines, products);
        if (shortage !== undefined) {
          reservation.refuse(lines, shortage, this.clock.now());
          return;
        }
        for (const { sku, quantity } of lines) products.get(sku)?.reserve(orderId, quantity);
        reservation.make(lines, this.clock.now());
      },
      { retries: RETRIES },
    );
  }

  /** Frees what is reserved for the order; when nothing is yet, remembers that nothing shall be. */
  release(orderId: string): Promise<void> {
    return this.session.execute(
      async (unit) => {
        const reservation = await unit.loadOrCreate(Reservation, orderId);
        if (reservation.status === 'released' || reservation.status === 'rejected') return;
        const products = await loadProducts(unit, reservation.lines);
        for (const { sku, quantity } of reservation.lines) products.get(sku)?.release(orderId, quantity);
        reservation.release(this.clock.now());
      },
      { retries: RETRIES },
    );
  }
}

async function loadProducts(unit: AggregateUnit, lines: readonly ReservedLine[]): Promise<Map<string, Product>> {
  const products = await Promise.all(lines.map(({ sku }) => unit.loadOrCreate(Product, sku)));
  return new Map(products.map((product) => [product.id, product]));
}
