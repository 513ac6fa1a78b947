import { Injectable } from '@nestjs/common';
import { OnEvent } from 'nestjs-loose-coupling';
import { OrderCancelled, OrderPlaced, type OrderCancelledData, type OrderPlacedData } from '@shop/contracts';
import { ReservationsService } from './reservations.service.js';

/** What inventory does when an order was placed or cancelled; the two may arrive in either order. */
@Injectable()
export class OrderReactions {
  constructor(private readonly reservations: ReservationsService) {}

  @OnEvent(OrderPlaced, { concurrency: 20 })
  async reserve({ orderId, lines }: OrderPlacedData): Promise<void> {
    await this.reservations.reserve(
      orderId,
      lines.map(({ sku, quantity }) => ({ sku, quantity })),
    );
  }

  @OnEvent(OrderCancelled)
  async release({ orderId }: OrderCancelledData): Promise<void> {
    await this.reservations.release(orderId);
  }
}
