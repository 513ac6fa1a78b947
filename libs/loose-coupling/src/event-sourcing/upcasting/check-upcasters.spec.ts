import { InvalidOptionsError } from '../../kernel/index.js';
import { checkUpcasters, type NamedStep } from './check-upcasters.js';
import type { UpcasterOptions } from './upcaster.js';
import { defineUpcaster } from './upcaster.decorator.js';

const step = (owner: string, type: string, options: UpcasterOptions): NamedStep => ({
  owner,
  ...defineUpcaster(type, options, () => null).step,
});

function faultsOf(steps: readonly NamedStep[], known: readonly string[]): readonly string[] {
  try {
    checkUpcasters(steps, new Map(known.map((name) => [name, `class of ${name}`])));
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.faults;
    throw error;
  }
  return [];
}

describe('checkUpcasters', () => {
  it('takes chains that come to a class: step by step, renamed, split, dropped', () => {
    const steps = [
      step('A', 'a', { from: 1, to: 2 }),
      step('B', 'a', { from: 2, to: { type: 'b', version: 1 } }),
      step('C', 'b', {
        from: 1,
        to: [
          { type: 'c', version: 1 },
          { type: 'd', version: 4 },
        ],
      }),
      step('D', 'gone', { from: 1, to: [] }),
    ];
    expect(faultsOf(steps, ['c@1', 'd@4'])).toEqual([]);
  });

  it('finds two upcasters for one version', () => {
    const steps = [step('A', 'a', { from: 1, to: 2 }), step('B', 'a', { from: 1, to: 2 })];
    expect(faultsOf(steps, ['a@2'])).toEqual(['A and B both take a@1; let one of them do it']);
  });

  it('finds an upcaster before a class of the same version', () => {
    expect(faultsOf([step('A', 'a', { from: 1, to: 2 })], ['a@1', 'a@2'])).toEqual([
      expect.stringContaining('the class class of a@1 of that version is never loaded'),
    ]);
  });

  it('finds a gap between versions, once', () => {
    const steps = [step('A', 'a', { from: 1, to: 2 }), step('B', 'a', { from: 4, to: 5 })];
    expect(faultsOf(steps, ['a@5'])).toEqual([expect.stringMatching(/gap in a: no upcaster takes version 2, 3,/)]);
  });

  it('finds a version that a step leaps over', () => {
    expect(faultsOf([step('A', 'a', { from: 1, to: 3 })], ['a@3'])).toEqual([
      expect.stringContaining('no upcaster takes version 2,'),
    ]);
  });

  it('finds an end that nobody knows', () => {
    expect(faultsOf([step('A', 'a', { from: 1, to: 2 })], ['b@1'])).toEqual([
      expect.stringMatching(/A makes a@2, which neither a class nor another upcaster takes/),
    ]);
    expect(faultsOf([step('A', 'a', { from: 1, to: { type: 'b', version: 3 } })], ['b@4'])).toEqual([
      expect.stringMatching(/A makes b@3.*known of b are versions 4/),
    ]);
  });

  it('finds a circle', () => {
    const steps = [
      step('A', 'a', { from: 1, to: { type: 'b', version: 1 } }),
      step('B', 'b', { from: 1, to: { type: 'a', version: 1 } }),
    ];
    expect(faultsOf(steps, [])).toEqual(['a@1 → b@1 → a@1 is a circle that never comes to a class']);
  });

  it('lists everything at once', () => {
    const steps = [
      step('A', 'a', { from: 1, to: 2 }),
      step('B', 'a', { from: 1, to: 2 }),
      step('C', 'c', { from: 1, to: { type: 'd', version: 1 } }),
      step('D', 'd', { from: 1, to: { type: 'c', version: 1 } }),
      step('E', 'e', { from: 1, to: 2 }),
      step('F', 'e', { from: 4, to: 5 }),
    ];
    expect(faultsOf(steps, ['e@5'])).toHaveLength(4);
  });
});

describe('defineUpcaster', () => {
  it('refuses names and versions that cannot be, all at once', () => {
    expect(() => defineUpcaster('', { from: 0, to: 1.5 }, () => null)).toThrow(/type.*from.*to\.version/s);
    expect(() => defineUpcaster('a', { from: 2, to: 2 }, () => null)).toThrow(/does not come after version 2/);
    expect(() => defineUpcaster('a', { from: 2, to: { type: 'a', version: 1 } }, () => null)).toThrow(/come after/);
  });
});
