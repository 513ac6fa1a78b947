import { Injectable } from '@nestjs/common';
import { isLooseCouplingError } from 'nestjs-loose-coupling';
import {
  EventStore,
  On,
  Projection,
  Projections,
  type DocumentPage,
  type ListCursor,
  type ProjectionContext,
} from 'nestjs-loose-coupling/event-sourcing';
import { shopStore } from '@shop/contracts';
import { OrderWasCancelled, OrderWasConfirmed, OrderWasPlaced, OrderWasRejected } from './order.events.js';
import type { OrderStatus } from './order.js';

export interface ListedOrder {
  readonly customerId: string;
  readonly status: OrderStatus;
  /** Epoch milliseconds. */
  readonly placedAt: number;
  /** Grows with every order. */
  readonly place: number;
}

type Context = ProjectionContext<ListedOrder>;

const EVERY = 'every';
/** How long a query waits for what was stored before it came, in milliseconds. */
const PATIENCE = 3_000;

/**
 * All orders at a glance. On SQLite it changes within each commit; on DynamoDB it follows the feed, and queries wait
 * until it shows what was stored before them.
 */
@Injectable()
@Projection<ListedOrder>({
  name: 'order-list',
  mode: shopStore('order').type === 'dynamodb' ? 'async' : 'inline',
  lists: ({ place, status }) => ({ [EVERY]: place, [status]: place }),
})
export class OrderList {
  constructor(
    private readonly projections: Projections,
    private readonly store: EventStore,
  ) {}

  @On(OrderWasPlaced)
  protected placed({ customerId, at }: OrderWasPlaced, { envelope, documents }: Context): void {
    const place = envelope.position;
    documents.put(orderIdOf(envelope), { customerId, status: 'pending', placedAt: at, place });
  }

  @On(OrderWasConfirmed)
  protected confirmed(_event: OrderWasConfirmed, context: Context): void {
    become('confirmed', context);
  }

  @On(OrderWasRejected)
  protected rejected(_event: OrderWasRejected, context: Context): void {
    become('rejected', context);
  }

  @On(OrderWasCancelled)
  protected cancelled(_event: OrderWasCancelled, context: Context): void {
    become('cancelled', context);
  }

  /** Orders after a place, in the order they were placed, by their ids. */
  async page(limit: number, status?: OrderStatus, after?: ListCursor): Promise<DocumentPage<ListedOrder>> {
    await this.upToNow();
    const list = this.projections.readModel<ListedOrder>(OrderList);
    return list.list(status ?? EVERY, { limit, ...(after && { after }) });
  }

  /** A list that lags is better than none. */
  private async upToNow(): Promise<void> {
    try {
      await this.projections.waitForProjection(OrderList, await this.store.lastPosition(), { timeout: PATIENCE });
    } catch (error) {
      if (!isLooseCouplingError(error, 'LC_PROJECTION_TIMEOUT')) throw error;
    }
  }
}

function become(status: OrderStatus, { envelope, documents }: Context): void {
  documents.update(orderIdOf(envelope), (order) => order && { ...order, status });
}

const orderIdOf = ({ streamName }: { readonly streamName: string }): string => streamName.slice('order-'.length);
