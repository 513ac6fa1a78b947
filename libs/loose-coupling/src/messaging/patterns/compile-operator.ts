import { compileAnythingBut } from './anything-but.operator.js';
import { compileCidr } from './cidr.operator.js';
import { compileNumeric } from './numeric.operator.js';
import type { LeafTest, PatternCompilation } from './pattern-compilation.js';
import { equalsIgnoreCase, hasPrefix, hasSuffix, onText, type TextTest } from './text-tests.js';
import { compileWildcard } from './wildcard.operator.js';

type OperatorCompiler = (operand: unknown, path: string, compilation: PatternCompilation) => LeafTest;

const OPERATORS: ReadonlyMap<string, OperatorCompiler> = new Map<string, OperatorCompiler>([
  ['prefix', affix(hasPrefix)],
  ['suffix', affix(hasSuffix)],
  ['equals-ignore-case', text(equalsIgnoreCase)],
  ['wildcard', compileWildcardOperator],
  ['exists', compileExists],
  ['cidr', compileCidr],
  ['numeric', compileNumeric],
  ['anything-but', compileAnythingBut],
]);

/** Compiles a test that is an object: `{ "prefix": "eu-" }`. */
export function compileOperator(test: unknown, path: string, compilation: PatternCompilation): LeafTest {
  const [operator, ...others] =
    typeof test === 'object' && test !== null && !Array.isArray(test) ? Object.entries(test) : [];
  if (!operator || others.length > 0) {
    return compilation.faultyTest(path, 'must be text, a number, true, false, null, or an object with one operator');
  }
  const [name, operand] = operator as [string, unknown];
  const compile = OPERATORS.get(name);
  if (!compile) {
    const known = [...OPERATORS.keys()].join(', ');
    return compilation.faultyTest(path, `has the unknown operator ${JSON.stringify(name)}; known are ${known}`);
  }
  return compile(operand, `${path}.${name}`, compilation);
}

function text(make: (expected: string) => TextTest): OperatorCompiler {
  return (operand, path, compilation) =>
    typeof operand === 'string' ? onText(make(operand)) : compilation.faultyTest(path, 'must be text');
}

/** Prefix or suffix, also with `equals-ignore-case` inside. */
function affix(make: (expected: string, ignoreCase?: boolean) => TextTest): OperatorCompiler {
  return (operand, path, compilation) => {
    if (typeof operand === 'string') return onText(make(operand));
    const [inner, ...others] = typeof operand === 'object' && operand !== null ? Object.entries(operand) : [];
    if (inner?.[0] !== 'equals-ignore-case' || typeof inner[1] !== 'string' || others.length > 0) {
      return compilation.faultyTest(path, 'must be text, or { "equals-ignore-case": text }');
    }
    return onText(make(inner[1], true));
  };
}

function compileWildcardOperator(operand: unknown, path: string, compilation: PatternCompilation): LeafTest {
  const test = compileWildcard(operand, path, compilation);
  return onText(test);
}

function compileExists(operand: unknown, path: string, compilation: PatternCompilation): LeafTest {
  // `exists: false` was seen to before: here it must be true.
  if (operand !== true) return compilation.faultyTest(path, 'must be true or false');
  return compilation.dialect.existsWantsValue ? (value) => value !== null && value !== '' : () => true;
}
