/** Knows its own place in the heap, so that it can be moved or removed without a search. -1: in none. */
export interface HeapItem {
  heapIndex: number;
}

/** A binary heap whose items can change their rank or leave from the middle. The least item is on top. */
export class IndexedHeap<Item extends HeapItem> {
  private readonly items: Item[] = [];

  constructor(private readonly isBefore: (left: Item, right: Item) => boolean) {}

  get top(): Item | undefined {
    return this.items[0];
  }

  add(item: Item): void {
    item.heapIndex = this.items.length;
    this.items.push(item);
    this.rise(item);
  }

  /** To be called after the rank of an item has changed. */
  update(item: Item): void {
    this.rise(item);
    this.sink(item);
  }

  remove(item: Item): void {
    const { heapIndex } = item;
    const last = this.items.pop() as Item;
    item.heapIndex = -1;
    if (last === item) return;
    this.put(last, heapIndex);
    this.update(last);
  }

  private rise(item: Item): void {
    let index = item.heapIndex;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.items[parentIndex] as Item;
      if (!this.isBefore(item, parent)) break;
      this.put(parent, index);
      index = parentIndex;
    }
    this.put(item, index);
  }

  private sink(item: Item): void {
    let index = item.heapIndex;
    for (;;) {
      const child = this.lesserChild(index);
      if (!child || !this.isBefore(child, item)) break;
      const childIndex = child.heapIndex;
      this.put(child, index);
      index = childIndex;
    }
    this.put(item, index);
  }

  private lesserChild(index: number): Item | undefined {
    const left = this.items[2 * index + 1];
    const right = this.items[2 * index + 2];
    return left && right && this.isBefore(right, left) ? right : left;
  }

  private put(item: Item, index: number): void {
    this.items[index] = item;
    item.heapIndex = index;
  }
}
