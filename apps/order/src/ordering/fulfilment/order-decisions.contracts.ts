import { defineCommand } from 'nestjs-loose-coupling';
import { z } from 'zod';

const orderId = z.string().min(1).max(64);
/** All that is decided about orders comes on one queue of this service. */
const queue = 'order-decisions';

/** The goods are there, and paid where that is asked for. */
export const ConfirmOrder = defineCommand('shop.order.confirm', { schema: z.object({ orderId }), queue });

export const RejectOrder = defineCommand('shop.order.reject', {
  schema: z.object({ orderId, reason: z.string().max(2_000) }),
  queue,
});

/** Undoes a reservation that nobody has paid for: inventory releases the stock of a cancelled order. */
export const CancelUnpaidOrder = defineCommand('shop.order.cancel-unpaid', { schema: z.object({ orderId }), queue });
