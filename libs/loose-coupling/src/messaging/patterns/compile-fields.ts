import { compileLeaf } from './compile-leaf.js';
import type { PatternCompilation } from './pattern-compilation.js';
import { ObjectNode, type PatternNode } from './pattern-node.js';

/** With one of these as a field in an alternative, AWS takes `$or` for the name of a field. */
const RESERVED = new Set([
  'exactly',
  'prefix',
  'suffix',
  'anything-but',
  'exists',
  'wildcard',
  'numeric',
  'cidr',
  'equals-ignore-case',
  '=',
  '<',
  '<=',
  '>',
  '>=',
]);

export interface CompiledFields {
  readonly node: PatternNode;
  /** How many patterns without `$or` it stands for. */
  readonly combinations: number;
}

const NEVER: CompiledFields = { node: new ObjectNode([], []), combinations: 1 };

export function compileFields(pattern: unknown, path: string, compilation: PatternCompilation): CompiledFields {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) {
    compilation.fault(path, 'must be an object of fields');
    return NEVER;
  }
  const entries = Object.entries(pattern);
  if (entries.length === 0) compilation.fault(path, 'must name at least one field');
  const fields: [string, PatternNode][] = [];
  const choices: PatternNode[][] = [];
  let combinations = 1;
  for (const [name, value] of entries) {
    const fieldPath = path ? `${path}.${name}` : name;
    if (name === '$or') {
      const alternatives = compileAlternatives(value, fieldPath, compilation);
      choices.push(alternatives.map(({ node }) => node));
      combinations *= alternatives.reduce((sum, alternative) => sum + alternative.combinations, 0);
    } else if (Array.isArray(value)) {
      fields.push([name, compileLeaf(value, fieldPath, compilation)]);
    } else {
      const nested = compileFields(value, fieldPath, compilation);
      fields.push([name, nested.node]);
      combinations *= nested.combinations;
    }
  }
  return { node: new ObjectNode(fields, choices), combinations };
}

function compileAlternatives(value: unknown, path: string, compilation: PatternCompilation): CompiledFields[] {
  if (!Array.isArray(value) || value.length < 2) {
    compilation.fault(path, 'must be a list of at least two patterns');
    return [NEVER];
  }
  return value.map((alternative: unknown, index) => {
    const alternativePath = `${path}[${index}]`;
    const reserved = Object.keys(Object(alternative)).find((name) => RESERVED.has(name));
    if (reserved) compilation.fault(alternativePath, `cannot have a field named like the operator "${reserved}"`);
    return compileFields(alternative, alternativePath, compilation);
  });
}
