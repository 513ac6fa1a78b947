/** Turns that were given back before they came, the earliest on top: a binary heap of monotonic times. */
export class FreedTurns {
  private readonly heap: number[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** Infinity when there is none. */
  get earliest(): number {
    return this.at(0);
  }

  add(turn: number): void {
    let index = this.heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.at(parent);
      if (above <= turn) break;
      this.heap[index] = above;
      index = parent;
    }
    this.heap[index] = turn;
  }

  removeEarliest(): void {
    const turn = this.heap.pop();
    if (turn === undefined || this.heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (this.at(child + 1) < this.at(child)) child += 1;
      if (turn <= this.at(child)) break;
      this.heap[index] = this.at(child);
      index = child;
    }
    this.heap[index] = turn;
  }

  /** Past the end: later than any turn. */
  private at(index: number): number {
    return this.heap[index] ?? Infinity;
  }
}
