import { setTimeout as wait } from 'node:timers/promises';

const LOOK_AGAIN = 10;

/** Follows one circuit of order's, as anybody may who can read GET /circuits. */
export class CircuitWatch {
  /**
   * @param {import('./shop-client.mjs').ShopClient} shop
   * @param {string} name
   */
  constructor(shop, name) {
    this.shop = shop;
    this.name = name;
  }

  /** The circuit as it is now; undefined before its first call. */
  async look() {
    return (await this.shop.circuits()).find(({ name }) => name === this.name);
  }

  /** Resolves with the circuit and when (performance.now()) it was seen in this state; undefined when it was not in time. */
  async becomes(state, timeout) {
    const deadline = performance.now() + timeout;
    for (;;) {
      const circuit = await this.look();
      const at = performance.now();
      if (circuit?.state === state) return { ...circuit, at };
      if (at > deadline) return undefined;
      await wait(LOOK_AGAIN);
    }
  }
}
