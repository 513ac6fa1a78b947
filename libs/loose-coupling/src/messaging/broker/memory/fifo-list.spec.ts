import { FifoList } from './fifo-list.js';

describe('FifoList', () => {
  it('gives items back in their order, also after it has compacted itself', () => {
    const list = new FifoList<number>();
    const taken: (number | undefined)[] = [];
    let added = 0;
    for (let round = 0; round < 50; round += 1) {
      for (let count = 0; count < 10; count += 1) list.add((added += 1));
      for (let count = 0; count < 9; count += 1) {
        taken.push(list.first);
        list.removeFirst();
      }
    }
    expect(taken).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
    for (let count = 0; count < 60; count += 1) list.removeFirst();
    expect(list.first).toBeUndefined();
    list.add(7);
    expect(list.first).toBe(7);
  });
});
