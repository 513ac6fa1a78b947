import { createHash } from 'node:crypto';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock, uuidv7 } from 'nestjs-loose-coupling';
import { AggregateRepository, InjectAggregateRepository } from 'nestjs-loose-coupling/event-sourcing';
import { IdempotencyKeyReusedException } from '@shop/http';
import { Order } from './order.js';
import type { OrderLine } from './order.events.js';

/** Places an order; with an idempotency key, at most once. Resolves to the order's id. */
export class PlaceOrder extends Command<string> {
  constructor(
    readonly customerId: string,
    readonly lines: readonly OrderLine[],
    readonly idempotencyKey?: string,
  ) {
    super();
  }
}

@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(
    @InjectAggregateRepository(Order) private readonly orders: AggregateRepository<Order>,
    private readonly clock: Clock,
  ) {}

  async execute({ customerId, lines, idempotencyKey }: PlaceOrder): Promise<string> {
    const orderId = idempotencyKey === undefined ? uuidv7(this.clock.now()) : orderIdOf(idempotencyKey);
    await this.orders.execute(
      orderId,
      (order) => {
        if (order.version === 0) order.place(customerId, lines, this.clock.now());
        else if (!isSameRequest(order, customerId, lines)) throw new IdempotencyKeyReusedException();
      },
      { create: true },
    );
    return orderId;
  }
}

/** The key names the order, so a repeated request finds the order it made, from any process and after any crash. */
function orderIdOf(idempotencyKey: string): string {
  const hash = createHash('sha256').update(`order/${idempotencyKey}`).digest('hex');
  // Version 8 of RFC 9562: a UUID whose bits the application chose.
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

function isSameRequest(order: Order, customerId: string, lines: readonly OrderLine[]): boolean {
  return (
    order.customerId === customerId &&
    order.lines.length === lines.length &&
    order.lines.every((line, at) => {
      const other = lines[at];
      return line.sku === other?.sku && line.quantity === other.quantity && line.unitPrice === other.unitPrice;
    })
  );
}
