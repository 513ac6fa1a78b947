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
  const stocks = await readStocks(shop, products, faults);
  const listed = await readList(shop, orderIds, faults);
  const orders = await readOrders(shop, listed, faults);
  checkReservations(orders, stocks, faults);
  return {
    checks: [
      `${products.length} products: on hand = available + reserved, none negative, on hand as at the start`,
      `${listed.size} orders: none lost, each in one final state`,
      'order and inventory agree on every order, line by line; the reservations add up to the stock that is reserved',
    ],
    faults,
  };
}

async function readStocks(shop, products, faults) {
  const stocks = new Map();
  await inParallel(products, 16, async ({ sku, unitsInStock }) => {
    const stock = await shop.product(sku);
    stocks.set(sku, stock);
    if (stock.onHand !== stock.available + stock.reserved) faults.push(`${sku}: on hand is not available + reserved`);
    if (Math.min(stock.onHand, stock.available, stock.reserved) < 0) faults.push(`${sku}: a count is negative`);
    if (stock.onHand !== unitsInStock) faults.push(`${sku}: ${stock.onHand} on hand, ${unitsInStock} at the start`);
  });
  return stocks;
}

async function readList(shop, orderIds, faults) {
  const listed = new Map();
  for await (const { orderId, status } of shop.orders()) {
    if (listed.has(orderId)) faults.push(`order ${orderId} is listed twice`);
    listed.set(orderId, status);
  }
  for (const id of orderIds) if (!listed.has(id)) faults.push(`order ${id} was accepted and is lost`);
  if (listed.size !== orderIds.length)
    faults.push(`${orderIds.length} orders were accepted, ${listed.size} are listed`);
  return listed;
}

/** Each order with its reservation, checked one against the other. */
async function readOrders(shop, listed, faults) {
  const orders = [];
  await inParallel(listed, 16, async ([orderId, listedAs]) => {
    const [order, reservation] = await Promise.all([
      shop.order(orderId),
      shop.reservation(orderId).catch((error) => ({ status: error.message, lines: [] })),
    ]);
    const decisions = order.history.filter(({ status }) => status === 'confirmed' || status === 'rejected');
    if (!(order.status in AGREES)) faults.push(`order ${orderId} is ${order.status}, which is not final`);
    if (order.status !== listedAs) faults.push(`order ${orderId} is ${order.status}, but listed as ${listedAs}`);
    if (decisions.length > 1) faults.push(`order ${orderId} was decided ${decisions.length} times`);
    if (!AGREES[order.status]?.includes(reservation.status)) {
      faults.push(`order ${orderId} is ${order.status}, but inventory says ${reservation.status}`);
    }
    const wanted = totals(order.lines);
    // A cancellation that came first leaves a reservation without lines.
    const empty = reservation.status === 'released' && reservation.lines.length === 0;
    if (!empty && !sameTotals(wanted, totals(reservation.lines))) {
      faults.push(`order ${orderId} has other lines than its reservation`);
    }
    orders.push({ orderId, status: order.status, wanted, reserved: reservation.status === 'reserved' });
  });
  return orders;
}

function checkReservations(orders, stocks, faults) {
  const reserved = new Map([...stocks.keys()].map((sku) => [sku, 0]));
  for (const { wanted } of orders.filter((order) => order.reserved)) {
    for (const [sku, quantity] of wanted) reserved.set(sku, (reserved.get(sku) ?? 0) + quantity);
  }
  for (const [sku, stock] of stocks) {
    if (stock.reserved !== reserved.get(sku)) {
      faults.push(`${sku}: ${stock.reserved} reserved, but the reservations add up to ${reserved.get(sku)}`);
    }
  }
  for (const status of ['confirmed', 'rejected']) {
    if (!orders.some((order) => order.status === status)) faults.push(`no order is ${status}: nothing was decided`);
  }
  // While nothing is released, stock only shrinks: what fits now would have fitted when it was turned down.
  if (orders.some(({ status }) => status === 'cancelled')) return;
  for (const { orderId, status, wanted } of orders) {
    const fits = [...wanted].every(([sku, quantity]) => quantity <= (stocks.get(sku)?.available ?? 0));
    if (status === 'rejected' && fits) faults.push(`order ${orderId} was rejected, but there is stock for all of it`);
  }
}

function totals(lines) {
  const sums = new Map();
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return sums;
}

const sameTotals = (one, other) =>
  one.size === other.size && [...one].every(([sku, quantity]) => other.get(sku) === quantity);
