/** Far more than the breaker of order needs to open, or to close. */
const BREAKER_MS = 45_000;

/**
 * Takes inventory away and brings it back, watching the breaker in front of it. Keeps when (performance.now()) each thing
 * happened, and what did not happen.
 */
export class Outage {
  faults = [];

  /**
   * @param {import('./service.mjs').Service} inventory
   * @param {import('./circuit-watch.mjs').CircuitWatch} breaker
   */
  constructor(inventory, breaker) {
    this.inventory = inventory;
    this.breaker = breaker;
  }

  /** Kills inventory. */
  async begin() {
    const before = await this.#expect('closed', 'before inventory was killed');
    this.failedBefore = before?.totals.failed ?? 0;
    this.killedAt = performance.now();
    await this.inventory.kill();
    this.goneAt = performance.now();
  }

  /** Resolves with the circuit when it has opened, or with undefined when it did not. */
  async opened() {
    const circuit = await this.#expect('open', 'after inventory was killed');
    this.openedAt = circuit?.at;
    this.failedCalls = circuit && circuit.totals.failed - this.failedBefore;
    return circuit;
  }

  /** Starts inventory again; resolves when it answers. */
  async end() {
    const circuit = await this.breaker.look();
    if (this.openedAt && circuit?.state === 'closed') this.faults.push('the circuit closed while inventory was away');
    this.restartedAt = performance.now();
    await this.inventory.start();
    this.backAt = performance.now();
  }

  /** Resolves with the circuit when it has closed, or with undefined when it did not. */
  async closed() {
    const circuit = await this.#expect('closed', 'after inventory was back');
    this.closedAt = circuit?.at;
    return circuit;
  }

  get openedAfter() {
    return Math.round(this.openedAt - this.killedAt);
  }

  get closedAfter() {
    return Math.round(this.closedAt - this.backAt);
  }

  async #expect(state, when) {
    const circuit = await this.breaker.becomes(state, BREAKER_MS);
    if (!circuit) this.faults.push(`the circuit was not ${state} within ${BREAKER_MS / 1000} s ${when}`);
    return circuit;
  }
}
