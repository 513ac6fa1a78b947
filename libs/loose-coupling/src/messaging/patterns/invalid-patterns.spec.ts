import { InvalidEventPatternError } from '../errors/invalid-event-pattern.error.js';
import { compilePattern } from './compile-pattern.js';
import type { EventPattern } from './event-pattern.js';

const faultsOf = (pattern: unknown): readonly string[] => {
  try {
    compilePattern(pattern as EventPattern);
  } catch (error) {
    if (error instanceof InvalidEventPatternError) return error.faults;
    throw error;
  }
  return [];
};

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

const alternatives = (count: number) => Array.from({ length: count }, (_, index) => ({ [`f${index}`]: [1] }));

describe('wrong patterns', () => {
  it.each<[unknown, string]>([
    [null, 'pattern: must be an object of fields'],
    [[], 'pattern: must be an object of fields'],
    [{}, 'pattern: must name at least one field'],
    [{ a: {} }, 'a: must name at least one field'],
    [{ a: 'x' }, 'a: must be an object of fields'],
    [{ a: undefined }, 'a: must be an object of fields'],
    [{ a: [] }, 'a: must list at least one test'],
    [{ a: [undefined] }, 'a[0]: must be text, a number'],
    [{ a: [['x']] }, 'a[0]: must be text, a number'],
    [{ a: [NaN] }, 'a[0]: must be a finite number'],
    [{ a: [{}] }, 'a[0]: must be text, a number'],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, 'a[0]: must be text, a number'],
    [{ a: [{ regex: '.*' }] }, 'a[0]: has the unknown operator "regex"'],
    [{ a: [{ constructor: 'x' }] }, 'a[0]: has the unknown operator "constructor"'],
    [{ a: [{ prefix: 5 }] }, 'a[0].prefix: must be text, or'],
    [{ a: [{ prefix: { suffix: 'x' } }] }, 'a[0].prefix: must be text, or'],
    [{ a: [{ suffix: null }] }, 'a[0].suffix: must be text, or'],
    [{ a: [{ 'equals-ignore-case': 1 }] }, 'a[0].equals-ignore-case: must be text'],
    [{ a: [{ wildcard: 'a**b' }] }, 'a[0].wildcard: has two "*" in a row at 1'],
    [{ a: [{ wildcard: String.raw`a\b` }] }, String.raw`a[0].wildcard: has a "\" at 1 that is followed by`],
    [{ a: [{ wildcard: 'a\\' }] }, String.raw`a[0].wildcard: has a "\" at 1 that is followed by`],
    [{ a: [{ exists: 'true' }] }, 'a[0].exists: must be true or false'],
    [{ a: [{ exists: false, prefix: 'x' }] }, 'a[0]: must be text, a number'],
    [{ a: [{ cidr: '10.0.0.0' }] }, 'a[0].cidr: must be like'],
    [{ a: [{ cidr: '10.0.0/8' }] }, 'a[0].cidr: must be like'],
    [{ a: [{ cidr: '10.0.0.0/32' }] }, 'a[0].cidr: must be like'],
    [{ a: [{ cidr: '10.0.0.0/' }] }, 'a[0].cidr: must be like'],
    [{ a: [{ cidr: '::/128' }] }, 'a[0].cidr: must be like'],
    [{ a: [{ cidr: '10.0.0.0/8/8' }] }, 'a[0].cidr: must be like'],
    [{ a: [{ numeric: '> 5' }] }, 'a[0].numeric: must be like'],
    [{ a: [{ numeric: [] }] }, 'a[0].numeric: must be like'],
    [{ a: [{ numeric: ['!=', 5] }] }, 'a[0].numeric: must be like'],
    [{ a: [{ numeric: ['toString', 5] }] }, 'a[0].numeric: must be like'],
    [{ a: [{ numeric: ['>', '5'] }] }, 'a[0].numeric: must be like'],
    [{ a: [{ numeric: ['>', 0, '<', 5, '<', 6] }] }, 'a[0].numeric: must be like'],
    [{ a: [{ numeric: ['>', 0, '<'] }] }, 'a[0].numeric: must have the lower bound'],
    [{ a: [{ numeric: ['<', 5, '>', 0] }] }, 'a[0].numeric: must have the lower bound'],
    [{ a: [{ numeric: ['=', 5, '<', 9] }] }, 'a[0].numeric: must have the lower bound'],
    [{ a: [{ numeric: ['>', 5, '<', 5] }] }, 'a[0].numeric: must have a lower bound below the upper'],
    [{ a: [{ numeric: ['>', Infinity] }] }, 'a[0].numeric[1]: must be a finite number'],
    [{ a: [{ 'anything-but': [] }] }, 'a[0].anything-but: must be text, a number'],
    [{ a: [{ 'anything-but': [1, 'a'] }] }, 'a[0].anything-but: must be text, a number'],
    [{ a: [{ 'anything-but': null }] }, 'a[0].anything-but: must be text, a number'],
    [{ a: [{ 'anything-but': {} }] }, 'a[0].anything-but: must have one of the operators'],
    [{ a: [{ 'anything-but': { numeric: ['>', 5] } }] }, 'a[0].anything-but: must have one of the operators'],
    [{ a: [{ 'anything-but': { prefix: [] } }] }, 'a[0].anything-but.prefix: must list at least one text'],
    [{ a: [{ 'anything-but': { prefix: '' } }] }, 'a[0].anything-but.prefix: must not be empty'],
    [{ a: [{ 'anything-but': { suffix: ['a', 5] } }] }, 'a[0].anything-but.suffix[1]: must be text'],
    [{ $or: [{ a: ['x'] }] }, '$or: must be a list of at least two patterns'],
    [{ a: { $or: { b: ['x'] } } }, 'a.$or: must be a list of at least two patterns'],
    [{ $or: [{ a: ['x'] }, 'b'] }, '$or[1]: must be an object of fields'],
    [{ $or: [{ a: ['x'] }, { b: [] }] }, '$or[1].b: must list at least one test'],
    [{ $or: [{ prefix: ['x'] }, { b: ['y'] }] }, '$or[0]: cannot have a field named like the operator "prefix"'],
    [cyclic, 'pattern: must not nest deeper than 64 levels, or contain itself'],
    [{ a: ['x'.repeat(300_000)] }, 'pattern: must be at most 262144 characters'],
  ])('%j', (pattern, fault) => {
    expect(faultsOf(pattern)).toEqual([expect.stringContaining(fault)]);
    expect(faultsOf(pattern)[0]?.startsWith(fault)).toBe(true);
  });

  it('tells every fault at once, and whose pattern it is', () => {
    const pattern = { a: [], b: { c: [{ prefix: 1 }, { regex: 'x' }] } } as unknown as EventPattern;
    expect(faultsOf(pattern)).toHaveLength(3);
    expect(() => compilePattern(pattern, 'filter of Stock.reserve')).toThrow('filter of Stock.reserve has 3 fault(s)');
  });

  it('limits the combinations of $or', () => {
    const pattern = (last: number) => ({
      $or: alternatives(10),
      x: { $or: alternatives(10) },
      y: { $or: alternatives(last) },
    });
    expect(faultsOf(pattern(10))).toEqual([]);
    expect(faultsOf(pattern(11))).toEqual([expect.stringContaining('1100 combinations, more than 1000')]);
  });

  it('is not changed by a later change of the pattern', () => {
    const pattern = { a: ['x'] };
    const matches = compilePattern(pattern);
    pattern.a[0] = 'y';
    expect([matches({ a: 'x' }), matches({ a: 'y' })]).toEqual([true, false]);
  });
});
