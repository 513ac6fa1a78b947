import * as fc from 'fast-check';
import { FirstOpened } from './first-opened.js';

const opened = (openedAt: number, index: number) => ({
  manager: 'sale',
  id: `${index}`,
  openedAt,
  changedAt: 0,
  waitingFor: [],
  deadlines: [],
});

describe('those that were opened first', () => {
  it('are the same as if all were sorted, and no more are held than twice the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: 1, max: 10 }), (times, limit) => {
        const all = times.map(opened);
        const first = new FirstOpened(limit);
        for (const entry of all) {
          first.add(entry);
          const { kept } = first as unknown as { readonly kept: readonly unknown[] };
          expect(kept.length).toBeLessThan(2 * limit);
        }
        expect(first.inOrder()).toEqual(all.toSorted((one, other) => one.openedAt - other.openedAt).slice(0, limit));
      }),
      { seed: 42 },
    );
  });
});
