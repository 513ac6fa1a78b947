import { frozenCopy } from '../core/frozen-copy.js';
import { SubjectForgottenError } from '../errors/subject-forgotten.error.js';
import { UnstorableDataError } from '../errors/unstorable-data.error.js';
import { isForgotten } from '../personal-data/forgotten-data.js';

/** An object's own fields, as JSON. */
interface FieldState {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Those that are undefined, which JSON does not keep. */
  readonly unset?: readonly string[];
}

/**
 * Copies the own enumerable fields of an object.
 * @throws {UnstorableDataError} when a field holds what would not come back as it was: an instance of a class, a date
 */
export function stateOfFields(owner: object, without: readonly string[], subject: string): FieldState {
  const fields: Record<string, unknown> = {};
  const unset: string[] = [];
  for (const [key, value] of Object.entries(owner)) {
    if (without.includes(key)) continue;
    if (value === undefined) unset.push(key);
    else fields[key] = value;
  }
  const copy = plainCopy(fields, subject) as FieldState['fields'];
  return { fields: copy, ...(unset.length > 0 && { unset }) };
}

/**
 * Copies JSON. Beyond what JSON refuses, instances of classes are: they would come back without their methods.
 * @throws {UnstorableDataError}
 */
export function plainCopy(value: unknown, subject: string): unknown {
  assertPlain(value, subject);
  return frozenCopy(value, subject);
}

/** The other way. @throws {TypeError} when it is of another kind */
export function restoreFields(owner: object, state: unknown): void {
  const { fields, unset = [] } = (state ?? {}) as Partial<FieldState>;
  if (typeof fields !== 'object' || fields === null || !Array.isArray(unset)) {
    throw new TypeError('The snapshot holds no fields.');
  }
  const target = owner as Record<string, unknown>;
  for (const [key, value] of Object.entries(fields)) target[key] = value;
  for (const key of unset) target[key] = undefined;
}

function assertPlain(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  // Such a state is only in the events.
  if (isForgotten(value)) throw new SubjectForgottenError(value.subject);
  if (Array.isArray(value)) {
    value.forEach((item, index) => assertPlain(item, `${path}[${index}]`));
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new UnstorableDataError(path, `an instance of ${value.constructor?.name ?? 'an unknown class'}`);
  }
  for (const [key, item] of Object.entries(value)) assertPlain(item, `${path}.${key}`);
}
