const SMALLEST_COMPACTION = 64;

/** A first-in-first-out list. (Taking the first of an array or a Set costs more the longer it is.) */
export class FifoList<Item> {
  private items: (Item | undefined)[] = [];
  private head = 0;

  get first(): Item | undefined {
    return this.items[this.head];
  }

  add(item: Item): void {
    this.items.push(item);
  }

  removeFirst(): void {
    if (this.head === this.items.length) return;
    this.items[this.head] = undefined;
    this.head += 1;
    if (this.head >= SMALLEST_COMPACTION && this.head * 2 >= this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
  }
}
