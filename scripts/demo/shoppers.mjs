import { setTimeout as wait } from 'node:timers/promises';
import { inParallel } from './shop-client.mjs';

const LANES = 4;
/** Between the quotes of one shopper, in milliseconds. */
const PAUSE = 4;

/** People who ask for quotes all the time and do not mind where the answer comes from, as long as there is one. */
export class Shoppers {
  #answers = [];
  #known = new Set();
  #faults = [];
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

  /** One quote for each product; then goes on asking until `stop`. */
  async start() {
    await inParallel(this.skus, LANES, (sku) => this.#ask(sku));
    this.#shopping = Promise.all(Array.from({ length: LANES }, (_, lane) => this.#shop(lane)));
  }

  async stop() {
    this.#open = false;
    await this.#shopping;
  }

  /** Answers by where they came from, and how long those took that came while inventory was away. */
  get tally() {
    const recalled = this.#answers.filter(({ source }) => source === 'last-known').map(({ took }) => took);
    recalled.sort((one, other) => one - other);
    return {
      asked: this.#answers.length,
      fromInventory: this.#answers.length - recalled.length,
      recalled: recalled.length,
      medianMs: recalled[Math.floor(recalled.length / 2)] ?? 0,
      slowestMs: recalled.at(-1) ?? 0,
    };
  }

  /** Quotes that failed although an earlier one for the same product had been answered. */
  get faults() {
    return this.#faults;
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
    const wasKnown = this.#known.has(sku);
    const started = performance.now();
    try {
      const { source } = await this.shop.quote(sku, 2);
      this.#answers.push({ source, took: performance.now() - started });
      this.#known.add(sku);
    } catch (error) {
      if (wasKnown) this.#faults.push(`a quote for ${sku} had been given before, and now failed: ${error.message}`);
    }
  }
}
