/**
 * The JSON of values that JSON keeps apart: texts, finite numbers, booleans, null, and plain objects and lists of them, dates too. Undefined for
 * anything else, as a Map and a Set, two instances, or `undefined` and `null`, would have the same JSON. An argument that is left out
 * at the end is no argument.
 */
export function plainJson(args: readonly unknown[]): string | undefined {
  let count = args.length;
  while (count > 0 && args[count - 1] === undefined) count -= 1;
  const given = count === args.length ? args : args.slice(0, count);
  return given.every((value) => isPlain(value, MOST_LEVELS)) ? JSON.stringify(given) : undefined;
}

/** Deeper ones, and circles, are not worth a key. */
const MOST_LEVELS = 16;

function isPlain(value: unknown, levels: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || levels === 0) return false;
  if (Array.isArray(value)) return value.every((each) => isPlain(each, levels - 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Date.prototype) return true;
  if (prototype !== Object.prototype && prototype !== null) return false;
  if ('toJSON' in value || Object.getOwnPropertySymbols(value).length > 0) return false;
  return Object.values(value).every((each) => each === undefined || isPlain(each, levels - 1));
}
