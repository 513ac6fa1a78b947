import { defineEvent, type EventOf } from 'nestjs-loose-coupling';
import { z } from 'zod';

const orderLine = z.object({
  sku: z.string().min(1).max(64),
  quantity: z.int().positive(),
  unitPrice: z.number().nonnegative(),
});

/** A customer ordered; nothing is reserved yet. Published by order. */
export const OrderPlaced = defineEvent('shop.order.placed', {
  version: 1,
  schema: z.object({
    orderId: z.string().min(1).max(64),
    customerId: z.string().min(1).max(64),
    lines: z.array(orderLine).min(1),
  }),
  key: (event) => event.orderId,
});

/** The order is off; whatever was reserved for it is free again. Published by order. */
export const OrderCancelled = defineEvent('shop.order.cancelled', {
  version: 1,
  schema: z.object({ orderId: z.string().min(1).max(64) }),
  key: (event) => event.orderId,
});

export type OrderPlacedData = EventOf<typeof OrderPlaced>;
export type OrderCancelledData = EventOf<typeof OrderCancelled>;
