import type { LeafTest, PatternCompilation } from './pattern-compilation.js';

const COMPARISONS = {
  '=': (value: number, bound: number) => value === bound,
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
  '>': (value: number, bound: number) => value > bound,
  '>=': (value: number, bound: number) => value >= bound,
} as const;

type Comparator = keyof typeof COMPARISONS;

const isComparator = (value: unknown): value is Comparator =>
  typeof value === 'string' && Object.hasOwn(COMPARISONS, value);

/** `["=", 5]`, `[">", 0]`, or a range: `[">", 0, "<=", 5]`. */
export function compileNumeric(operand: unknown, path: string, compilation: PatternCompilation): LeafTest {
  const [low, lowBound, high, highBound, ...others]: readonly unknown[] = Array.isArray(operand) ? operand : [];
  if (!isComparator(low) || typeof lowBound !== 'number' || others.length > 0) {
    return compilation.faultyTest(path, 'must be like [">", 0] or [">", 0, "<=", 5], with "=", "<", "<=", ">" or ">="');
  }
  compilation.checkNumber(lowBound, `${path}[1]`);
  const aboveLow = COMPARISONS[low];
  if (high === undefined) return (value) => typeof value === 'number' && aboveLow(value, lowBound);

  const isRange = (low === '>' || low === '>=') && (high === '<' || high === '<=');
  if (!isRange || typeof highBound !== 'number') {
    return compilation.faultyTest(
      path,
      'must have the lower bound of a range first, the upper second: [">", 0, "<=", 5]',
    );
  }
  compilation.checkNumber(highBound, `${path}[3]`);
  if (lowBound >= highBound) compilation.fault(path, 'must have a lower bound below the upper');
  const belowHigh = COMPARISONS[high];
  return (value) => typeof value === 'number' && aboveLow(value, lowBound) && belowHigh(value, highBound);
}
