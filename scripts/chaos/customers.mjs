import { setTimeout as wait } from 'node:timers/promises';

/**
 * Customers who order, sometimes cancel, sometimes pay, and insist: a request that fails because its service is down is sent
 * again, with the same idempotency key, until it is answered.
 */
export class Customers {
  /** Ids of the orders that were accepted. */
  accepted = [];
  cancelled = 0;
  /** Ids of the orders that somebody tried to cancel: a request without an answer may have had its effect. */
  cancelling = new Set();
  /** Ids of the orders whose payment was accepted. */
  paid = new Set();
  #open = true;
  #payments = [];

  /** @param {number | undefined} paymentDeadline milliseconds; without one nobody pays */
  constructor(shop, orders, random, paymentDeadline) {
    this.shop = shop;
    this.orders = orders;
    this.random = random;
    this.paymentDeadline = paymentDeadline;
  }

  /** Orders until `close`; resolves when the last request has been answered. */
  async run(lanes) {
    let next = 0;
    const lane = async () => {
      while (this.#open) {
        const template = this.orders[next % this.orders.length];
        const order = { ...template, orderId: `${template.orderId}-${next}` };
        next += 1;
        await this.#order(order);
        await wait(this.random.between(5, 40));
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    await Promise.all(this.#payments);
  }

  close() {
    this.#open = false;
  }

  async #order(order) {
    const { orderId } = await insist(() => this.shop.placeOrder(order));
    this.accepted.push(orderId);
    if (this.paymentDeadline !== undefined && this.random.next() < 0.7) this.#payments.push(this.#pay(orderId));
    if (this.random.next() > 0.15) return;
    // At once, so that the cancellation may overtake the reservation; or later, when it is confirmed.
    await wait(this.random.between(0, 1) * 60);
    this.cancelling.add(orderId);
    const done = await insist(() => this.shop.cancelOrder(orderId), [409]);
    if (done) this.cancelled += 1;
  }

  /** Mostly in time, sometimes at the last moment, sometimes too late. */
  async #pay(orderId) {
    await wait(this.random.between(0, Math.round(this.paymentDeadline * 1.3)));
    const done = await insist(() => this.shop.payOrder(orderId), [409]);
    if (done) this.paid.add(orderId);
  }
}

/** Repeats a request until the service is there to answer it; statuses in `fine` count as answers. */
async function insist(request, fine = []) {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (fine.includes(error.status)) return undefined;
      if (error.status !== undefined && error.status < 500) throw error;
      await wait(50);
    }
  }
}
