import fc from 'fast-check';
import { plainJson } from './plain-json.js';

describe('the key of arguments', () => {
  it('is the same for equal arguments and differs for others', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.jsonValue()), (one, other) => {
        const [a, b] = [plainJson(one), plainJson(other)];
        if (a !== undefined && a === b)
          expect(JSON.parse(JSON.stringify(one))).toEqual(JSON.parse(JSON.stringify(other)));
      }),
      { seed: 42 },
    );
    expect(plainJson(['a', { b: 1 }])).toBe(plainJson(['a', { b: 1 }]));
  });

  class Tenant {
    constructor(readonly id: string) {}
  }
  it.each([new Map([['a', 1]]), new Set([1]), new Tenant('a'), 1n, Number.NaN, undefined, () => 1, Symbol('a')])(
    'is none where JSON would make %p and others alike',
    (value) => {
      expect(plainJson([value, 'last'])).toBeUndefined();
      expect(plainJson([{ inside: [value] }, 'last'])).toBeUndefined();
    },
  );

  it('is none for circles', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(plainJson([circle])).toBeUndefined();
  });

  it('does not tell a missing last argument from one that is undefined', () => {
    expect(plainJson(['a', undefined])).toBe(plainJson(['a']));
  });
});
