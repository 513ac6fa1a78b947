import { Injectable } from '@nestjs/common';
import { Clock } from 'nestjs-loose-coupling';
import { AggregateRepository, AggregateSession, InjectAggregateRepository } from 'nestjs-loose-coupling/event-sourcing';
import { shortageOf, totalByProduct } from './allocate.js';
import { Product } from './product.js';
import { Reservation } from './reservation.js';
import type { ReservedLine } from './stock.events.js';

/** Sets stock aside for orders and frees it again; all lines of an order, or none, in one transaction. */
@Injectable()
export class ReservationsService {
  constructor(
    private readonly session: AggregateSession,
    @InjectAggregateRepository(Product) private readonly products: AggregateRepository<Product>,
    @InjectAggregateRepository(Reservation) private readonly reservations: AggregateRepository<Reservation>,
    private readonly clock: Clock,
  ) {}

  /** Decides an order once: a repeat, or an order that was cancelled first, changes nothing. */
  reserve(orderId: string, ordered: readonly ReservedLine[]): Promise<void> {
    const lines = totalByProduct(ordered);
    return this.session.execute(async (changed) => {
      const reservation = await this.reservations.loadOrCreate(orderId);
      if (reservation.decided) return;
      const products = await this.loadProducts(lines);
      const shortage = shortageOf(lines, products);
      if (shortage === undefined) {
        for (const { sku, quantity } of lines) changed(products.get(sku)).reserve(orderId, quantity);
        changed(reservation).make(lines, this.clock.now());
      } else {
        changed(reservation).refuse(lines, shortage, this.clock.now());
      }
    });
  }

  /** Frees what is reserved for the order; when nothing is yet, remembers that nothing shall be. */
  release(orderId: string): Promise<void> {
    return this.session.execute(async (changed) => {
      const reservation = await this.reservations.loadOrCreate(orderId);
      if (reservation.status === 'released' || reservation.status === 'rejected') return;
      const products = await this.loadProducts(reservation.lines);
      for (const { sku, quantity } of reservation.lines) changed(products.get(sku)).release(orderId, quantity);
      changed(reservation).release(this.clock.now());
    });
  }

  private async loadProducts(lines: readonly ReservedLine[]): Promise<Map<string, Product>> {
    const products = await Promise.all(lines.map(({ sku }) => this.products.loadOrCreate(sku)));
    return new Map(products.map((product) => [product.id, product]));
  }
}
