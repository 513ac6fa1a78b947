import { defineEvent, type EventOf } from 'nestjs-loose-coupling';
import { z } from 'zod';

/** Every line of the order is reserved. Published by inventory. */
export const StockReserved = defineEvent('shop.stock.reserved', {
  version: 1,
  schema: z.object({ orderId: z.string().min(1).max(64) }),
  key: (event) => event.orderId,
});

/** Nothing is reserved for the order, and why. Published by inventory. */
export const StockRejected = defineEvent('shop.stock.rejected', {
  version: 1,
  schema: z.object({ orderId: z.string().min(1).max(64), reason: z.string().max(2_000) }),
  key: (event) => event.orderId,
});

export type StockReservedData = EventOf<typeof StockReserved>;
export type StockRejectedData = EventOf<typeof StockRejected>;
