import { compileOperator } from './compile-operator.js';
import type { Leaf, LeafTest, PatternCompilation } from './pattern-compilation.js';
import { LeafNode } from './pattern-node.js';

/** Compiles the tests of one field, of which one must pass. */
export function compileLeaf(tests: readonly unknown[], path: string, compilation: PatternCompilation): LeafNode {
  if (tests.length === 0) compilation.fault(path, 'must list at least one test');
  const exact = new Set<Leaf>();
  const operators: LeafTest[] = [];
  let matchesNothing = false;
  tests.forEach((test, index) => {
    const testPath = `${path}[${index}]`;
    if (isLeaf(test)) {
      if (typeof test === 'number') compilation.checkNumber(test, testPath);
      exact.add(test);
    } else if (isAbsence(test)) {
      matchesNothing = true;
    } else {
      operators.push(compileOperator(test, testPath, compilation));
    }
  });
  return new LeafNode(anyOf(exact, operators), matchesNothing);
}

const isLeaf = (test: unknown): test is Leaf => test === null || ['string', 'number', 'boolean'].includes(typeof test);

/** Not a test of a value but of there being one, so it is no operator. */
const isAbsence = (test: unknown): boolean =>
  typeof test === 'object' &&
  test !== null &&
  Object.keys(test).length === 1 &&
  'exists' in test &&
  test.exists === false;

function anyOf(exact: ReadonlySet<Leaf>, operators: readonly LeafTest[]): LeafTest {
  const [first] = exact.size > 0 ? exact : operators;
  if (exact.size === 1 && operators.length === 0) return (value) => value === first;
  if (exact.size === 0 && operators.length === 1) return first as LeafTest;
  return (value) => exact.has(value) || operators.some((operator) => operator(value));
}
