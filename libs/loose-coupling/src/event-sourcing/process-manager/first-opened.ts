import type { OpenProcess } from '../core/process-index.js';

/** Of any number of instances those that were opened first, while holding no more than twice as many as are wanted. */
export class FirstOpened {
  private kept: OpenProcess[] = [];

  constructor(private readonly limit: number) {}

  add(entry: OpenProcess): void {
    this.kept.push(entry);
    if (this.kept.length >= 2 * this.limit) this.kept = this.inOrder();
  }

  inOrder(): OpenProcess[] {
    return this.kept.toSorted((one, other) => one.openedAt - other.openedAt).slice(0, this.limit);
  }
}
