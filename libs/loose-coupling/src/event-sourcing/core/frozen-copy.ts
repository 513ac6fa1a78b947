import { SubjectForgottenError } from '../errors/subject-forgotten.error.js';
import { UnstorableDataError } from '../errors/unstorable-data.error.js';
import { isForgotten } from '../personal-data/forgotten-data.js';

const MAX_DEPTH = 200;

/**
 * Copies event data as JSON would, deeply frozen, and refuses what JSON would change: dates, maps, bigints, NaN,
 * and keys that could reach a prototype.
 * Properties that are undefined are left out. Instances of plain classes become plain objects.
 * @param subject what the data is, for the message: `data of order.placed`
 * @throws {UnstorableDataError} naming the path of the value
 * @throws {SubjectForgottenError} for what stands in for forgotten data
 */
export function frozenCopy(value: unknown, subject: string): unknown {
  try {
    return copy(value, undefined, 0);
  } catch (error) {
    // Paths cost more than the copy, so they are only made to name the value that was refused.
    return error instanceof UnstorableDataError ? copy(value, subject, 0) : raise(error);
  }
}

function copy(value: unknown, path: string | undefined, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) return refuse(path, String(value));
      // JSON has no negative zero.
      return value === 0 ? 0 : value;
    case 'object':
      if (value === null) return null;
      if (depth > MAX_DEPTH) return refuse(path, `a circle, or more than ${MAX_DEPTH} levels`);
      return Array.isArray(value) ? copyArray(value, path, depth) : copyObject(value, path, depth);
    default:
      return refuse(path, value === undefined ? 'undefined' : `a ${typeof value}`);
  }
}

function copyArray(value: readonly unknown[], path: string | undefined, depth: number): readonly unknown[] {
  const items: unknown[] = [];
  for (let index = 0; index < value.length; index++) {
    items.push(copy(value[index], path === undefined ? undefined : `${path}[${index}]`, depth + 1));
  }
  return Object.freeze(items);
}

function copyObject(value: object, path: string | undefined, depth: number): Readonly<Record<string, unknown>> {
  if (isForgotten(value)) throw new SubjectForgottenError(value.subject);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null && isExotic(value)) {
    refuse(path, `an instance of ${value.constructor?.name ?? 'an unknown class'}`);
  }
  const properties: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined) continue;
    if (reachesPrototype(key, item)) refuse(path, `an own key "${key}" that could reach a prototype`);
    properties[key] = copy(item, path === undefined ? undefined : `${path}.${key}`, depth + 1);
  }
  return Object.freeze(properties);
}

/** Keys that are dropped from untrusted JSON, and so would not come back. */
const reachesPrototype = (key: string, item: unknown): boolean =>
  key === '__proto__' || (key === 'constructor' && typeof item === 'object' && item !== null && 'prototype' in item);

/** Instances that JSON would not write as their own properties. */
const isExotic = (value: object): boolean =>
  Object.prototype.toString.call(value) !== '[object Object]' ||
  typeof (value as { toJSON?: unknown }).toJSON === 'function';

const refuse = (path: string | undefined, came: string): never => {
  throw new UnstorableDataError(path ?? '', came);
};

const raise = (error: unknown): never => {
  throw error;
};
