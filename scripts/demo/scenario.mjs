import { setTimeout as wait } from 'node:timers/promises';
import { CircuitWatch } from './circuit-watch.mjs';
import { Outage } from './outage.mjs';
import { Progress } from './progress.mjs';
import { inParallel } from './shop-client.mjs';
import { Shoppers } from './shoppers.mjs';

const DRAIN_MS = 120_000;

/** Orders and quotes in large numbers; inventory is killed in the middle and comes back when all orders are placed. */
export class Scenario {
  orderIds = [];
  backlog = 0;
  placingSeconds = 0;
  drainSeconds = 0;

  /**
   * @param {import('./shop-client.mjs').ShopClient} shop
   * @param {import('./service.mjs').Service} inventory
   * @param {{ products: readonly object[], orders: readonly object[], clients: number }} load
   */
  constructor(shop, inventory, { products, orders, clients }) {
    this.shop = shop;
    this.orders = orders;
    this.clients = clients;
    this.outage = new Outage(inventory, new CircuitWatch(shop, 'inventory'));
    this.progress = new Progress(orders.length, () => shop.tally());
    this.shoppers = new Shoppers(
      shop,
      products.map(({ sku }) => sku),
    );
  }

  get quotes() {
    return this.shoppers.quotes;
  }

  async run() {
    try {
      await this.shoppers.start();
      console.log(
        `${this.shoppers.skus.length} products listed; shoppers ask order for quotes, and order asks inventory.`,
      );
      console.log(`Placing ${this.orders.length} orders over HTTP, ${this.clients} at a time:`);
      this.progress.start();
      await this.#placeAll();
      await this.#recover();
      await this.shoppers.askForAll();
    } finally {
      this.progress.stop();
      await this.shoppers.stop();
    }
  }

  async #placeAll() {
    const started = performance.now();
    const count = this.orders.length;
    let crash;
    await inParallel(this.orders, this.clients, async (order) => {
      this.orderIds.push((await this.shop.placeOrder(order)).orderId);
      this.progress.placed();
      if (this.orderIds.length === Math.round(count * 0.4)) crash = this.#killInventory();
      // The rest comes while the circuit is open, however fast this machine places orders.
      if (this.orderIds.length >= Math.round(count * 0.8)) await crash;
    });
    this.placingSeconds = (performance.now() - started) / 1000;
    await this.progress.refresh();
    this.backlog = this.progress.backlog;
    this.progress.say(`  all ${count} placed, ${this.backlog} wait for inventory; starting it again`);
  }

  async #killInventory() {
    await this.outage.begin();
    this.progress.say(`  inventory killed (SIGKILL) after ${this.orderIds.length} orders; order goes on accepting`);
    if (await this.outage.opened()) {
      const { openedAfter } = this.outage;
      this.progress.say(`  circuit open ${openedAfter} ms after the kill; quotes come from what is last known`);
    }
  }

  async #recover() {
    const started = performance.now();
    await this.outage.end();
    await Promise.all([this.#drain(), this.#seeCircuitClose()]);
    this.drainSeconds = (this.drainedAt - started) / 1000;
  }

  async #seeCircuitClose() {
    if (!(await this.outage.closed())) return;
    this.progress.say(`  circuit closed ${this.outage.closedAfter} ms after inventory was back`);
  }

  async #drain() {
    const deadline = performance.now() + DRAIN_MS;
    do {
      await wait(100);
      await this.progress.refresh();
      this.drainedAt = performance.now();
      if (this.drainedAt > deadline)
        throw new Error(`${this.progress.backlog} orders are still pending after ${DRAIN_MS / 1000} s`);
    } while (this.progress.backlog > 0);
  }
}
