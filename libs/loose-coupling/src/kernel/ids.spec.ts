import { uuidv7 } from './ids.js';

const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

describe('uuidv7', () => {
  it('writes version 7, the variant of RFC 9562 and the time', () => {
    const now = Date.UTC(2100, 0, 1);
    const id = uuidv7(now);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(timeOf(id)).toBe(now);
  });

  it('keeps ids unique and sorted within a millisecond, past the counter, and when the clock steps back', () => {
    const now = Date.UTC(2100, 0, 2);
    const ids = [
      ...Array.from({ length: 10_000 }, () => uuidv7(now)),
      ...Array.from({ length: 100 }, (_, step) => uuidv7(now - step)),
    ];
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gives independent ids the rest at random', () => {
    const tails = new Set(Array.from({ length: 1000 }, () => uuidv7().slice(19)));
    expect(tails.size).toBe(1000);
  });
});
