import { Injectable } from '@nestjs/common';
import { Clock, OnEvent } from 'nestjs-loose-coupling';
import { AggregateRepository, InjectAggregateRepository } from 'nestjs-loose-coupling/event-sourcing';
import { StockRejected, StockReserved, type StockRejectedData, type StockReservedData } from '@shop/contracts';
import { Order } from './order.js';

/** What order does when inventory has decided. */
@Injectable()
export class StockReactions {
  constructor(
    @InjectAggregateRepository(Order) private readonly orders: AggregateRepository<Order>,
    private readonly clock: Clock,
  ) {}

  @OnEvent(StockReserved)
  async confirm({ orderId }: StockReservedData): Promise<void> {
    await this.orders.execute(orderId, (order) => order.confirm(this.clock.now()));
  }

  @OnEvent(StockRejected)
  async reject({ orderId, reason }: StockRejectedData): Promise<void> {
    await this.orders.execute(orderId, (order) => order.reject(reason, this.clock.now()));
  }
}
