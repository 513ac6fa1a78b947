import { ConflictException, NotFoundException } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from 'nestjs-loose-coupling';
import {
  AggregateNotFoundError,
  AggregateRepository,
  InjectAggregateRepository,
} from 'nestjs-loose-coupling/event-sourcing';
import { OrderNotCancellableError } from './order-not-cancellable.error.js';
import { Order } from './order.js';

/** Cancels an order. Cancelling twice is the same as once. */
export class CancelOrder extends Command<void> {
  constructor(readonly orderId: string) {
    super();
  }
}

@CommandHandler(CancelOrder)
export class CancelOrderHandler implements ICommandHandler<CancelOrder> {
  constructor(
    @InjectAggregateRepository(Order) private readonly orders: AggregateRepository<Order>,
    private readonly clock: Clock,
  ) {}

  async execute({ orderId }: CancelOrder): Promise<void> {
    try {
      await this.orders.execute(orderId, (order) => order.cancel(this.clock.now()));
    } catch (error) {
      if (error instanceof AggregateNotFoundError) throw new NotFoundException(`There is no order ${orderId}.`);
      if (error instanceof OrderNotCancellableError) throw new ConflictException(error.message);
      throw error;
    }
  }
}
