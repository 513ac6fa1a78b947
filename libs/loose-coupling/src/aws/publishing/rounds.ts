/** Entries that were added between two flushes. */
export class Round {
  private inside = 0;
  private onEnd: (() => void) | undefined;

  get empty(): boolean {
    return this.inside === 0;
  }

  enter(): void {
    this.inside += 1;
  }

  leave(): void {
    this.inside -= 1;
    if (this.inside === 0) this.onEnd?.();
  }

  end(): Promise<void> {
    return new Promise((resolve) => (this.onEnd = resolve));
  }
}

/** Tells when all that came before a moment is done, at the cost of a counter for each entry. */
export class Rounds {
  private current = new Round();
  private readonly ending = new Set<Promise<void>>();

  enter(): Round {
    this.current.enter();
    return this.current;
  }

  /** Resolves when everything has left that entered before. */
  async flush(): Promise<void> {
    const round = this.current;
    if (!round.empty) {
      this.current = new Round();
      const end = round.end().then(() => void this.ending.delete(end));
      this.ending.add(end);
    }
    await Promise.all(this.ending);
  }
}
