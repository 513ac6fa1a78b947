const WIDTH = 28;

/** One line that follows the orders; rewritten in place on a terminal, printed now and then elsewhere. */
export class Progress {
  #placed = 0;
  #started = Date.now();
  #tally = { pending: 0, confirmed: 0, rejected: 0, cancelled: 0 };
  #timer;
  #stopped = false;

  constructor(total, readTally) {
    this.total = total;
    this.readTally = readTally;
    this.live = process.stdout.isTTY === true;
  }

  start() {
    this.#started = Date.now();
    const tick = async () => {
      // When the service is away, whoever needs its answer says so.
      await this.refresh().catch(() => undefined);
      if (this.#stopped) return;
      if (!this.live) console.log(this.#line());
      this.#timer = setTimeout(tick, this.live ? 200 : 1_000);
    };
    this.#timer = setTimeout(tick, this.live ? 200 : 500);
  }

  placed() {
    this.#placed += 1;
  }

  get backlog() {
    return this.#tally.pending;
  }

  /** Reads the state of the orders; shows it where that rewrites the line. */
  async refresh() {
    this.#tally = await this.readTally();
    if (this.live) process.stdout.write(`\r\x1b[2K${this.#line()}`);
  }

  /** A line that stays. */
  say(text) {
    if (this.live) process.stdout.write('\r\x1b[2K');
    console.log(text);
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    if (this.live) process.stdout.write('\n');
  }

  #line() {
    const seconds = (Date.now() - this.#started) / 1000;
    const done = this.#tally.confirmed + this.#tally.rejected + this.#tally.cancelled;
    const bar = '█'.repeat(Math.round((done / this.total) * WIDTH)).padEnd(WIDTH, '░');
    return (
      `  ${bar} ${String(this.#placed).padStart(4)} placed  ${String(Math.round(this.#placed / seconds)).padStart(4)}/s  ` +
      `backlog ${String(this.#tally.pending).padStart(3)}  confirmed ${String(this.#tally.confirmed).padStart(3)}  ` +
      `rejected ${String(this.#tally.rejected).padStart(3)}`
    );
  }
}
