import type { AttributeValue, Item } from '../dynamodb-api.js';

type Names = Readonly<Record<string, string>> | undefined;

const valueOf = (value: AttributeValue | undefined): string | number | undefined =>
  value?.N === undefined ? value?.S : Number(value.N);

/** Evaluates the few forms of conditions that the store uses; anything else is an error of the test. */
export function holds(expression: string, item: Item | undefined, values: Item = {}): boolean {
  return expression.split(' OR ').some((part) => part.split(' AND ').every((term) => holdsTerm(term, item, values)));
}

function holdsTerm(term: string, item: Item | undefined, values: Item): boolean {
  const call = /^(attribute_not_exists|attribute_exists)\((\w+)\)$/.exec(term);
  if (call) return (item?.[call[2] ?? ''] !== undefined) === (call[1] === 'attribute_exists');
  const comparison = /^(\w+) (=|<=|>=|<|>) (:\w+)$/.exec(term);
  if (!comparison) throw new Error(`The fake DynamoDB does not know "${term}".`);
  const [, name = '', operator, placeholder = ''] = comparison;
  const left = valueOf(item?.[name]);
  const right = valueOf(values[placeholder]);
  if (left === undefined || right === undefined) return false;
  if (operator === '=') return left === right;
  if (operator === '<=') return left <= right;
  if (operator === '>=') return left >= right;
  return operator === '<' ? left < right : left > right;
}

/** `SET a = :a, b = :b REMOVE c, d` */
export function update(expression: string, item: Item, values: Item = {}): Item {
  const [, set = '', , remove = ''] = /^(?:SET (.*?))?(?:^| ?)(REMOVE (.*))?$/.exec(expression) ?? [];
  const next = { ...item };
  for (const assignment of set.split(', ').filter(Boolean)) {
    const [name = '', placeholder = ''] = assignment.split(' = ');
    const value = values[placeholder];
    if (value) next[name] = value;
  }
  for (const name of remove.split(', ').filter(Boolean)) delete next[name];
  return next;
}

export function project(item: Item, expression: string | undefined, names: Names): Item {
  if (expression === undefined) return { ...item };
  const wanted = expression.split(', ').map((name) => names?.[name] ?? name);
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted.includes(name)));
}
