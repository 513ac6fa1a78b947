import { inParallel } from '../demo/shop-client.mjs';

/**
 * Lists what does not hold of orders that have to be paid.
 * @param {import('../demo/shop-client.mjs').ShopClient} shop
 * @param {import('./customers.mjs').Customers} customers whose requests have all been answered
 */
export async function checkPayments(shop, { accepted, paid, cancelling }) {
  const faults = [];
  await inParallel(accepted, 16, async (orderId) => {
    const { status, reason, paidAt } = await shop.order(orderId);
    const isCancelledByShop = status === 'cancelled' && reason !== undefined;
    if (paid.has(orderId) && paidAt === undefined) faults.push(`the payment of order ${orderId} is lost`);
    if (paid.has(orderId) && isCancelledByShop) faults.push(`order ${orderId} was paid, and cancelled as unpaid`);
    if (status === 'confirmed' && paidAt === undefined) faults.push(`order ${orderId} is confirmed without being paid`);
    if (status === 'cancelled' && reason === undefined && !cancelling.has(orderId)) {
      faults.push(`order ${orderId} is cancelled, and nobody did it`);
    }
  });
  return faults;
}
