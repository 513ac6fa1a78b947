import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { InvalidRequestException } from '@shop/http';
import { OrderList, type ListedOrder } from './order-list.projection.js';
import type { OrderStatus } from './order.js';

/** A page of orders and where the next one starts. */
export interface OrderPage {
  readonly items: (Omit<ListedOrder, 'place' | 'placedAt'> & { placedAt: string })[];
  readonly nextCursor?: string;
}

/** Orders in the order they were placed, optionally of one status. */
export class ListOrders extends Query<OrderPage> {
  constructor(
    readonly limit: number,
    readonly status?: OrderStatus,
    readonly cursor?: string,
  ) {
    super();
  }
}

@QueryHandler(ListOrders)
export class ListOrdersHandler implements IQueryHandler<ListOrders> {
  constructor(private readonly list: OrderList) {}

  async execute({ limit, status, cursor }: ListOrders): Promise<OrderPage> {
    const orders = this.list.page({ after: cursor === undefined ? 0 : placeOf(cursor), limit: limit + 1, status });
    const items = orders.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(({ orderId, customerId, status: state, placedAt }) => ({
        orderId,
        customerId,
        status: state,
        placedAt: new Date(placedAt).toISOString(),
      })),
      ...(orders.length > limit && last ? { nextCursor: cursorOf(last.place) } : {}),
    };
  }
}

const cursorOf = (place: number): string => Buffer.from(String(place)).toString('base64url');

function placeOf(cursor: string): number {
  const place = Number(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isSafeInteger(place) || place < 0 || cursorOf(place) !== cursor) {
    throw new InvalidRequestException([{ pointer: '/cursor', detail: 'must be the nextCursor of an earlier page' }]);
  }
  return place;
}
