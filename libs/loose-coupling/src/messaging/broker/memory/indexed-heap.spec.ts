import * as fc from 'fast-check';
import { IndexedHeap, type HeapItem } from './indexed-heap.js';

interface Item extends HeapItem {
  rank: number;
}

describe('IndexedHeap', () => {
  it('always has the least item on top, whatever is added, removed or moved', () => {
    const action = fc.record({
      kind: fc.constantFrom('add', 'add', 'remove', 'update'),
      rank: fc.nat(50),
      which: fc.nat(),
    });
    const property = fc.property(fc.array(action, { maxLength: 200, size: 'max' }), (actions) => {
      const heap = new IndexedHeap<Item>((left, right) => left.rank < right.rank);
      const items: Item[] = [];
      for (const { kind, rank, which } of actions) {
        const chosen = items[which % Math.max(1, items.length)];
        if (kind === 'add') {
          const item = { rank, heapIndex: -1 };
          items.push(item);
          heap.add(item);
        } else if (chosen && kind === 'remove') {
          items.splice(items.indexOf(chosen), 1);
          heap.remove(chosen);
          if (chosen.heapIndex !== -1) return false;
        } else if (chosen) {
          chosen.rank = rank;
          heap.update(chosen);
        }
        const least = items.length === 0 ? undefined : Math.min(...items.map((item) => item.rank));
        if (heap.top?.rank !== least) return false;
      }
      return true;
    });
    expect(() => fc.assert(property, { seed: 42, numRuns: 300 })).not.toThrow();
  });
});
