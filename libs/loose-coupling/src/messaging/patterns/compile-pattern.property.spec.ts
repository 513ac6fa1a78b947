import * as fc from 'fast-check';
import { compilePattern } from './compile-pattern.js';
import type { EventPattern, PatternTest } from './event-pattern.js';

const RUNS = { seed: 42, numRuns: process.env.SOAK ? 200_000 : 2_000 };

const word = fc.constantFrom('', 'a', 'ab', 'abc', 'b', 'ba');
const number = fc.constantFrom(-1, 0, 1, 2, 2.5, 3);
const leaf = fc.oneof(word, number, fc.boolean(), fc.constant(null));

const test: fc.Arbitrary<PatternTest> = fc.oneof(
  leaf,
  fc.record({ prefix: word }),
  fc.record({ suffix: word }),
  fc.record({ 'anything-but': fc.oneof(word, number, fc.array(word, { minLength: 1 })) }),
  fc.record({ 'anything-but': fc.record({ prefix: fc.constantFrom('a', 'b') }) }),
  fc.record({ exists: fc.boolean() }),
  fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), number).map((numeric) => ({ numeric })),
  fc.constant({ numeric: ['>', 0, '<=', 2] }),
);

const field = fc.constantFrom('x', 'y', 'z');
const tests = fc.array(test, { minLength: 1, maxLength: 3 });
const flatPattern = fc.dictionary(field, tests, { minKeys: 1 });
const { pattern } = fc.letrec<{ pattern: EventPattern; fields: EventPattern }>((tie) => ({
  fields: fc.dictionary(field, fc.oneof({ maxDepth: 2 }, tests, tie('pattern')), {
    minKeys: 1,
    maxKeys: 2,
  }) as fc.Arbitrary<EventPattern>,
  pattern: fc
    .tuple(tie('fields'), fc.option(fc.array(flatPattern, { minLength: 2, maxLength: 2 }), { freq: 4 }))
    .map(([fields, $or]) => ($or ? ({ ...fields, $or } as EventPattern) : fields)),
}));
/** Objects and leaves, without lists: there matching is a plain fold over the pattern. */
const { event } = fc.letrec<{ event: object }>((tie) => ({
  event: fc.dictionary(field, fc.oneof({ maxDepth: 2 }, leaf, tie('event'))),
}));

/** The language said again, as naively as possible. */
function oracle(given: EventPattern, value: unknown): boolean {
  return Object.entries(given).every(([name, expected]) => {
    if (name === '$or') return (expected as EventPattern[]).some((one) => oracle(one, value));
    const child: unknown =
      value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[name] : undefined;
    if (!Array.isArray(expected)) return oracle(expected as EventPattern, child);
    return expected.some((one) => leafOracle(one, typeof child === 'object' && child !== null ? undefined : child));
  });
}

function leafOracle(one: PatternTest, value: unknown): boolean {
  if (typeof one !== 'object' || one === null) return value === one;
  if ('exists' in one) return one.exists === (value !== undefined);
  if (value === undefined) return false;
  if ('prefix' in one) return typeof value === 'string' && value.indexOf(String(one.prefix)) === 0;
  if ('suffix' in one) return typeof value === 'string' && new RegExp(`${String(one.suffix)}$`).test(value);
  if ('numeric' in one) return numericOracle(one.numeric, value);
  if (!('anything-but' in one)) throw new Error('not generated');
  const refused = one['anything-but'];
  if (typeof refused === 'object' && 'prefix' in refused) return !leafOracle({ prefix: String(refused.prefix) }, value);
  return !([refused].flat() as unknown[]).includes(value);
}

function numericOracle(numeric: readonly (string | number)[], value: unknown): boolean {
  if (typeof value !== 'number') return false;
  const [operator, bound, ...rest] = numeric as [string, number, ...(string | number)[]];
  const sign = String(Math.sign(value - bound));
  const allowed: Record<string, string[]> = {
    '=': ['0'],
    '<': ['-1'],
    '<=': ['-1', '0'],
    '>': ['1'],
    '>=': ['1', '0'],
  };
  return allowed[operator]!.includes(sign) && (rest.length === 0 || numericOracle(rest, value));
}

describe('compiled patterns', () => {
  it('decide as the definition of the language does', () => {
    let matched = 0;
    fc.assert(
      fc.property(pattern, event, (given, value) => {
        const expected = oracle(given, value);
        matched += Number(expected);
        expect(compilePattern(given)(value)).toBe(expected);
      }),
      RUNS,
    );
    // The generators must reach both answers, or nothing was shown.
    expect(matched).toBeGreaterThan(RUNS.numRuns / 50);
    expect(matched).toBeLessThan(RUNS.numRuns * 0.9);
  });

  it('match a list exactly when they match one of its elements, if they do not match nothing', () => {
    fc.assert(
      fc.property(pattern, fc.array(event, { maxLength: 4 }), (given, list) => {
        const matches = compilePattern({ list: given });
        fc.pre(!matches({}));
        expect(matches({ list })).toBe(list.some((element) => matches({ list: element })));
      }),
      RUNS,
    );
  });

  it('match wildcards as a regular expression would', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), text, (pieces, value) => {
        const wildcard = pieces.join('*');
        fc.pre(!wildcard.includes('**'));
        expect(compilePattern({ f: [{ wildcard }] })({ f: value })).toBe(
          new RegExp(`^${pieces.join('.*')}$`).test(value),
        );
      }),
      RUNS,
    );
  });

  it('answer for whatever comes', () => {
    fc.assert(
      fc.property(pattern, fc.anything(), (given, value) => {
        expect(typeof compilePattern(given)(value)).toBe('boolean');
      }),
      RUNS,
    );
  });
});
