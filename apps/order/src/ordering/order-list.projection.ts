import { Injectable } from '@nestjs/common';
import { SqliteInlineProjection, type EventEnvelope, type SqliteDatabase } from 'nestjs-loose-coupling/event-sourcing';
import type { OrderStatus } from './order.js';
import type { OrderWasPlaced } from './order.events.js';

export interface ListedOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: OrderStatus;
  /** Epoch milliseconds. */
  readonly placedAt: number;
  /** Grows with every order; where a page ends and the next begins. */
  readonly place: number;
}

const BECOMES: Readonly<Record<string, OrderStatus>> = {
  'order.confirmed': 'confirmed',
  'order.rejected': 'rejected',
  'order.cancelled': 'cancelled',
};

/** All orders at a glance, up to date with every commit. */
@Injectable()
export class OrderList extends SqliteInlineProjection {
  override readonly name = 'order-list';

  override readonly migrations = [
    `CREATE TABLE order_list (
       place INTEGER PRIMARY KEY,
       order_id TEXT NOT NULL UNIQUE,
       customer_id TEXT NOT NULL,
       status TEXT NOT NULL,
       placed_at INTEGER NOT NULL
     );
     CREATE INDEX order_list_by_status ON order_list (status, place);`,
  ];

  override apply(events: readonly EventEnvelope[], database: SqliteDatabase): void {
    for (const { type, streamName, data, position } of events) {
      const orderId = streamName.slice('order-'.length);
      const status = BECOMES[type];
      if (type === 'order.placed') {
        const { customerId, at } = data as OrderWasPlaced;
        database
          .prepare(
            `INSERT INTO order_list (place, order_id, customer_id, status, placed_at) VALUES (?, ?, ?, 'pending', ?)`,
          )
          .run(position, orderId, customerId, at);
      } else if (status) {
        database.prepare('UPDATE order_list SET status = ? WHERE order_id = ?').run(status, orderId);
      }
    }
  }

  /** Orders after a place, in the order they were placed. */
  page(query: { after: number; limit: number; status?: OrderStatus | undefined }): ListedOrder[] {
    const columns = 'place, order_id AS orderId, customer_id AS customerId, status, placed_at AS placedAt';
    const { after, limit, status } = query;
    return status === undefined
      ? this.database
          .prepare<ListedOrder>(`SELECT ${columns} FROM order_list WHERE place > ? ORDER BY place LIMIT ?`)
          .all(after, limit)
      : this.database
          .prepare<ListedOrder>(
            `SELECT ${columns} FROM order_list WHERE status = ? AND place > ? ORDER BY place LIMIT ?`,
          )
          .all(status, after, limit);
  }
}
