import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { ListCursor } from 'nestjs-loose-coupling/event-sourcing';
import { InvalidRequestException } from '@shop/http';
import { OrderList } from './order-list.projection.js';
import type { OrderStatus } from './order.js';

/** A page of orders and where the next one starts. */
export interface OrderPage {
  readonly items: {
    readonly orderId: string;
    readonly customerId: string;
    readonly status: OrderStatus;
    readonly placedAt: string;
  }[];
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
    const after = cursor === undefined ? undefined : decode(cursor);
    // One more than is asked for tells whether another page follows.
    const { documents } = await this.list.page(limit + 1, status, after);
    const last = documents[limit - 1];
    return {
      items: documents.slice(0, limit).map(({ key, value: { customerId, status: state, placedAt } }) => ({
        orderId: key,
        customerId,
        status: state,
        placedAt: new Date(placedAt).toISOString(),
      })),
      ...(documents.length > limit && last && { nextCursor: encode(last) }),
    };
  }
}

const encode = ({ place, key }: ListCursor): string => Buffer.from(`${place} ${key}`).toString('base64url');

function decode(cursor: string): ListCursor {
  const [, digits = '', key = ''] = /^(\d{1,15}) (.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const decoded = { place: Number(digits), key };
  if (key === '' || encode(decoded) !== cursor) {
    throw new InvalidRequestException([{ pointer: '/cursor', detail: 'must be the nextCursor of an earlier page' }]);
  }
  return decoded;
}
