import { inParallel } from './shop-client.mjs';

/** What inventory must say of an order that ended so. */
const AGREES = {
  confirmed: ['reserved'],
  rejected: ['rejected'],
  cancelled: ['released', 'rejected'],
};

/**
 * Asks both services for everything and lists what does not hold.
 * @param {import('./shop-client.mjs').ShopClient} shop
 * @param {{ products: { sku: string, unitsInStock: number }[], orderIds: readonly string[] }} expected
 * @returns {Promise<{ checks: string[], faults: string[] }>}
 */
export async function checkInvariants(shop, { products, orderIds }) {
  const faults = [];
  const reserved = new Map(products.map(({ sku }) => [sku, 0]));

  const known = new Map();
  for await (const order of shop.orders()) {
    if (known.has(order.orderId)) faults.push(`order ${order.orderId} is listed twice`);
    known.set(order.orderId, order.status);
  }
  for (const id of orderIds) if (!known.has(id)) faults.push(`order ${id} was accepted and is lost`);
  if (known.size !== orderIds.length) faults.push(`${orderIds.length} orders were accepted, ${known.size} are listed`);

  await inParallel(known, 16, async ([orderId, status]) => {
    const order = await shop.order(orderId);
    const finals = order.history.filter((step) => step.status !== 'pending' && step.status !== 'cancelled');
    if (!(order.status in AGREES)) faults.push(`order ${orderId} is ${order.status}, which is not final`);
    if (order.status !== status) faults.push(`order ${orderId} is ${order.status}, but listed as ${status}`);
    if (finals.length > 1) faults.push(`order ${orderId} was decided ${finals.length} times`);
    const reservation = await shop.reservation(orderId).catch((error) => ({ status: error.message, lines: [] }));
    if (!AGREES[order.status]?.includes(reservation.status)) {
      faults.push(`order ${orderId} is ${order.status}, but inventory says ${reservation.status}`);
    }
    if (reservation.status === 'reserved') {
      for (const { sku, quantity } of reservation.lines) reserved.set(sku, (reserved.get(sku) ?? 0) + quantity);
    }
  });

  await inParallel(products, 16, async ({ sku, unitsInStock }) => {
    const stock = await shop.product(sku);
    if (stock.onHand !== stock.available + stock.reserved) faults.push(`${sku}: on hand is not available + reserved`);
    if (Math.min(stock.onHand, stock.available, stock.reserved) < 0) faults.push(`${sku}: a count is negative`);
    if (stock.onHand !== unitsInStock) faults.push(`${sku}: ${stock.onHand} on hand, ${unitsInStock} at the start`);
    if (stock.reserved !== reserved.get(sku)) {
      faults.push(`${sku}: ${stock.reserved} reserved, but the reservations add up to ${reserved.get(sku)}`);
    }
  });

  return {
    checks: [
      `${products.length} products: on hand = available + reserved, none negative, on hand as at the start`,
      `${known.size} orders: none lost, each in one final state`,
      'order and inventory agree on every order; reservations add up to the stock that is reserved',
    ],
    faults,
  };
}
