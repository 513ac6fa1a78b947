import { NotFoundException } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { AggregateRepository, InjectAggregateRepository } from 'nestjs-loose-coupling/event-sourcing';
import { Order } from './order.js';

/** The order as its events tell it. */
export class GetOrder extends Query<Order> {
  constructor(readonly orderId: string) {
    super();
  }
}

@QueryHandler(GetOrder)
export class GetOrderHandler implements IQueryHandler<GetOrder> {
  constructor(@InjectAggregateRepository(Order) private readonly orders: AggregateRepository<Order>) {}

  async execute({ orderId }: GetOrder): Promise<Order> {
    const order = await this.orders.find(orderId);
    if (!order) throw new NotFoundException(`There is no order ${orderId}.`);
    return order;
  }
}
