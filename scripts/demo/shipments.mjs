import { setTimeout as wait } from 'node:timers/promises';
import { inParallel } from './shop-client.mjs';

const POLL_MS = 200;
const NOT_YET = ['preparing', 'taking-back'];

/**
 * Waits until every shipment has ended, and lists what does not hold. A confirmed order is handed over, in a slot of its own; of a cancelled
 * one the shipment was taken back, or was gone before.
 * @param {import('./shop-client.mjs').ShopClient} shop
 * @param {number} patience milliseconds
 * @returns {Promise<{ checks: string[], faults: string[], handedOver: number }>}
 */
export async function checkShipments(shop, patience) {
  const end = Date.now() + patience;
  let found = await look(shop);
  while (found.open > 0 && Date.now() < end) {
    await wait(POLL_MS);
    found = await look(shop);
  }
  const { faults, slots } = found;
  for (const [slot, orders] of slots) {
    if (orders.length > 1) faults.push(`${slot} is taken by the orders ${orders.join(', ')}`);
  }
  const check = `${slots.size} shipments: each confirmed order handed over once, with its labels, and no rejected one`;
  return { checks: [check], faults, handedOver: slots.size };
}

async function look(shop) {
  const faults = [];
  const slots = new Map();
  const orders = [];
  for await (const order of shop.orders()) orders.push(order);
  let open = 0;
  await inParallel(orders, 16, async ({ orderId, status }) => {
    const shipment = await shop.shipment(orderId);
    const state = shipment?.status ?? 'none';
    if (status === 'confirmed' ? ['none', ...NOT_YET].includes(state) : NOT_YET.includes(state)) open += 1;
    const fine = { confirmed: ['handed-over'], cancelled: ['handed-over', 'cancelled', 'none'] }[status] ?? ['none'];
    if (!fine.includes(state)) faults.push(`order ${orderId} is ${status}, its shipment ${state}`);
    if (state !== 'handed-over') return;
    slots.set(shipment.slot, [...(slots.get(shipment.slot) ?? []), orderId]);
    const done = shipment.steps.filter((step) => step.done).length;
    if (new Set(shipment.labels).size !== shipment.labels.length || done !== shipment.labels.length + 2)
      faults.push(`the shipment of order ${orderId} has ${done} steps, and the labels ${shipment.labels.join(', ')}`);
  });
  return { faults, slots, open };
}
