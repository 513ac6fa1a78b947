import { setTimeout as wait } from 'node:timers/promises';
import { inParallel } from './shop-client.mjs';

const LANES = 4;
/** Between the quotes of one shopper, in milliseconds. */
const PAUSE = 4;

/**
 * One quote that was asked for; times are performance.now().
 * @typedef {{ sku: string, askedAt: number, endedAt: number, source?: 'inventory' | 'last-known', error?: Error }} Quote
 */

/** People who ask for quotes all the time and do not mind where the answer comes from, as long as there is one. */
export class Shoppers {
  /** @type {Quote[]} */
  quotes = [];
  #shopping;
  #open = true;

  /**
   * @param {import('./shop-client.mjs').ShopClient} shop
   * @param {readonly string[]} skus
   */
  constructor(shop, skus) {
    this.shop = shop;
    this.skus = skus;
  }

  /** Asks for each product once, then goes on until `stop`. */
  async start() {
    await this.askForAll();
    this.#shopping = Promise.all(Array.from({ length: LANES }, (_, lane) => this.#shop(lane)));
  }

  /** One quote for each product. */
  askForAll() {
    return inParallel(this.skus, LANES, (sku) => this.#ask(sku));
  }

  async stop() {
    this.#open = false;
    await this.#shopping;
  }

  async #shop(lane) {
    let count = lane;
    while (this.#open) {
      await this.#ask(this.skus[count % this.skus.length]);
      count += LANES;
      await wait(PAUSE);
    }
  }

  async #ask(sku) {
    const askedAt = performance.now();
    const answer = await this.shop.quote(sku, 2).catch((error) => ({ error }));
    this.quotes.push({ sku, askedAt, endedAt: performance.now(), source: answer.source, error: answer.error });
  }
}
