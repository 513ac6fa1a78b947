import { Injectable } from '@nestjs/common';
import { Clock, OnCommand, type CommandOf } from 'nestjs-loose-coupling';
import { AggregateRepository, InjectAggregateRepository } from 'nestjs-loose-coupling/event-sourcing';
import { Order } from '../order.js';
import { CancelUnpaidOrder, ConfirmOrder, RejectOrder } from './order-decisions.contracts.js';

/** What the fulfilment of an order has come to, carried out. */
@Injectable()
export class OrderDecisions {
  constructor(
    @InjectAggregateRepository(Order) private readonly orders: AggregateRepository<Order>,
    private readonly clock: Clock,
  ) {}

  @OnCommand(ConfirmOrder)
  async confirm({ orderId }: CommandOf<typeof ConfirmOrder>): Promise<void> {
    await this.orders.execute(orderId, (order) => order.confirm(this.clock.now()));
  }

  @OnCommand(RejectOrder)
  async reject({ orderId, reason }: CommandOf<typeof RejectOrder>): Promise<void> {
    await this.orders.execute(orderId, (order) => order.reject(reason, this.clock.now()));
  }

  @OnCommand(CancelUnpaidOrder)
  async cancelUnpaid({ orderId }: CommandOf<typeof CancelUnpaidOrder>): Promise<void> {
    await this.orders.execute(orderId, (order) => order.cancelUnpaid(this.clock.now()));
  }
}
