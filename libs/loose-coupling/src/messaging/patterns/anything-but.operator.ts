import type { LeafTest, PatternCompilation } from './pattern-compilation.js';
import { equalsIgnoreCase, hasPrefix, hasSuffix, type TextTest } from './text-tests.js';
import { compileWildcard } from './wildcard.operator.js';

type TextTestCompiler = (expected: unknown, path: string, compilation: PatternCompilation) => TextTest;

const VARIANTS: ReadonlyMap<string, TextTestCompiler> = new Map<string, TextTestCompiler>([
  ['prefix', nonEmpty(hasPrefix)],
  ['suffix', nonEmpty(hasSuffix)],
  ['equals-ignore-case', (expected, path, compilation) => textOr(expected, path, compilation, equalsIgnoreCase)],
  ['wildcard', compileWildcard],
]);

/** Any value except the given: one, a list of texts or of numbers, or those of a variant like `{ "prefix": "eu-" }`. */
export function compileAnythingBut(operand: unknown, path: string, compilation: PatternCompilation): LeafTest {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    return compileVariant(operand, path, compilation);
  }
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const areText = values.every((value) => typeof value === 'string');
  const areNumbers = values.every((value) => typeof value === 'number');
  if (values.length === 0 || !(areText || areNumbers)) {
    return compilation.faultyTest(path, 'must be text, a number, a list of either, or an object with one operator');
  }
  if (areNumbers) values.forEach((value) => compilation.checkNumber(Number(value), path));
  const refused = new Set<unknown>(values);
  return (value) => !refused.has(value);
}

function compileVariant(operand: object, path: string, compilation: PatternCompilation): LeafTest {
  const [variant, ...others] = Object.entries(operand) as [string, unknown][];
  const compile = variant && VARIANTS.get(variant[0]);
  if (!compile || others.length > 0) {
    return compilation.faultyTest(path, `must have one of the operators ${[...VARIANTS.keys()].join(', ')}`);
  }
  const [name, value] = variant;
  const expected: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (expected.length === 0) return compilation.faultyTest(`${path}.${name}`, 'must list at least one text');
  const tests = expected.map((one, index) =>
    compile(one, `${path}.${name}${Array.isArray(value) ? `[${index}]` : ''}`, compilation),
  );
  return (leaf) => typeof leaf !== 'string' || !tests.some((test) => test(leaf));
}

function textOr(
  expected: unknown,
  path: string,
  compilation: PatternCompilation,
  make: (expected: string) => TextTest,
): TextTest {
  return typeof expected === 'string' ? make(expected) : compilation.faultyTest(path, 'must be text');
}

/** Everything has the empty prefix, so its opposite would match nothing. */
function nonEmpty(make: (expected: string) => TextTest): TextTestCompiler {
  return (expected, path, compilation) =>
    expected === '' ? compilation.faultyTest(path, 'must not be empty') : textOr(expected, path, compilation, make);
}
