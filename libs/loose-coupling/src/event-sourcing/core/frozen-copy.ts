import { UnstorableDataError } from '../errors/unstorable-data.error.js';

const MAX_DEPTH = 200;

/**
 * Copies event data as JSON would, deeply frozen, and refuses what JSON would change: dates, maps, bigints, NaN.
 * Properties that are undefined are left out. Instances of plain classes become plain objects.
 * @throws {UnstorableDataError} naming the path of the value
 */
export function frozenCopy(value: unknown, path: string, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new UnstorableDataError(path, String(value));
      // JSON has no negative zero.
      return value === 0 ? 0 : value;
    case 'object':
      if (value === null) return null;
      if (depth > MAX_DEPTH) throw new UnstorableDataError(path, `a circle, or more than ${MAX_DEPTH} levels`);
      return Array.isArray(value) ? copyArray(value, path, depth) : copyObject(value, path, depth);
    default:
      throw new UnstorableDataError(path, value === undefined ? 'undefined' : `a ${typeof value}`);
  }
}

function copyArray(value: readonly unknown[], path: string, depth: number): readonly unknown[] {
  const copy: unknown[] = [];
  for (let index = 0; index < value.length; index++)
    copy.push(frozenCopy(value[index], `${path}[${index}]`, depth + 1));
  return Object.freeze(copy);
}

function copyObject(value: object, path: string, depth: number): Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuseExotic(value, path);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined || key === '__proto__') continue;
    copy[key] = frozenCopy(item, `${path}.${key}`, depth + 1);
  }
  return Object.freeze(copy);
}

/** Instances that JSON would not write as their own properties. */
function refuseExotic(value: object, path: string): void {
  const plain = Object.prototype.toString.call(value) === '[object Object]';
  if (plain && typeof (value as { toJSON?: unknown }).toJSON !== 'function') return;
  throw new UnstorableDataError(path, `an instance of ${value.constructor?.name ?? 'an unknown class'}`);
}
