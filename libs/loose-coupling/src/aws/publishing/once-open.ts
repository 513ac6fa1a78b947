/**
 * Work on something that is opened first, and without waiting from then on. Whoever asks while it opens comes before all
 * who ask later.
 */
export class OnceOpen<Opened> {
  private opened: { readonly value: Opened } | undefined;
  private latest: Promise<Opened> | undefined;
  private waiting = 0;

  /** `open` gives one promise to all for as long as it opens the same thing. */
  run<Result>(open: () => Promise<Opened>, work: (opened: Opened) => Promise<Result>): Promise<Result> {
    return this.opened ? work(this.opened.value) : this.wait(open(), work);
  }

  /** Has it opened again. */
  forget(): void {
    this.opened = this.latest = undefined;
  }

  private async wait<Result>(opening: Promise<Opened>, work: (opened: Opened) => Promise<Result>): Promise<Result> {
    this.latest = opening;
    this.waiting += 1;
    let value: Opened;
    try {
      value = await opening;
    } finally {
      this.waiting -= 1;
    }
    // Not before the last that waits: it would be overtaken.
    if (this.waiting === 0 && this.latest === opening) this.opened = { value };
    return work(value);
  }
}
