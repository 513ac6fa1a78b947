import { ConflictException, NotFoundException } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from 'nestjs-loose-coupling';
import {
  AggregateNotFoundError,
  AggregateRepository,
  InjectAggregateRepository,
} from 'nestjs-loose-coupling/event-sourcing';
import { OrderNotPayableError } from './order-not-payable.error.js';
import { Order } from './order.js';

/** Notes that an order is paid. Paying twice is the same as once. */
export class PayOrder extends Command<void> {
  constructor(readonly orderId: string) {
    super();
  }
}

@CommandHandler(PayOrder)
export class PayOrderHandler implements ICommandHandler<PayOrder> {
  constructor(
    @InjectAggregateRepository(Order) private readonly orders: AggregateRepository<Order>,
    private readonly clock: Clock,
  ) {}

  async execute({ orderId }: PayOrder): Promise<void> {
    try {
      await this.orders.execute(orderId, (order) => order.pay(this.clock.now()));
    } catch (error) {
      if (error instanceof AggregateNotFoundError) throw new NotFoundException(`There is no order ${orderId}.`);
      if (error instanceof OrderNotPayableError) throw new ConflictException(error.message);
      throw error;
    }
  }
}
