import * as fc from 'fast-check';
import { FreedTurns } from './freed-turns.js';

function drain(freed: FreedTurns): number[] {
  const turns: number[] = [];
  while (freed.size > 0) {
    turns.push(freed.earliest);
    freed.removeEarliest();
  }
  return turns;
}

describe('FreedTurns', () => {
  it('is empty at first, and stays so when something is removed', () => {
    const freed = new FreedTurns();
    freed.removeEarliest();
    expect([freed.size, freed.earliest]).toEqual([0, Infinity]);
  });

  it('gives turns back from the earliest on, whatever the order they came in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 }), (turns) => {
        const freed = new FreedTurns();
        for (const turn of turns) freed.add(turn);
        expect(freed.size).toBe(turns.length);
        expect(drain(freed)).toEqual(turns.toSorted((one, other) => one - other));
        expect(freed.size).toBe(0);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it('takes and gives in turns', () => {
    const freed = new FreedTurns();
    for (const turn of [5, 1, 3]) freed.add(turn);
    freed.removeEarliest();
    freed.add(4);
    freed.add(2);
    expect(drain(freed)).toEqual([2, 3, 4, 5]);
  });

  it('makes room for a hundred thousand at once, in any order', () => {
    const freed = new FreedTurns();
    const scattered = Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 100_003);
    for (const turn of scattered) freed.add(turn);
    const turns = drain(freed);
    expect(turns.length).toBe(100_000);
    expect(turns.every((turn, index) => index === 0 || turn >= turns[index - 1]!)).toBe(true);
  });
});
