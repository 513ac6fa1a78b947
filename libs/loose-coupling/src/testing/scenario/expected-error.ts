import { inspect } from 'node:util';
import { failure } from './assert-same.js';

/** A class, what the message holds or matches, an LC code, properties that it has, or a test of your own. */
export type ExpectedError =
  | (abstract new (...args: never[]) => Error)
  | RegExp
  | string
  | Readonly<Record<string, unknown>>
  | ((error: unknown) => boolean);

/** @throws {AssertionError} when it is another one; its cause is the error that came */
export function assertError(error: unknown, expected: ExpectedError | undefined, title: string): void {
  if (expected === undefined || fits(error, expected)) return;
  throw failure(`${title}: expected to fail with ${describe(expected)}, but it failed with ${inspect(error)}`, {
    actual: error,
    expected,
    cause: error,
  });
}

function fits(error: unknown, expected: ExpectedError): boolean {
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown };
  if (typeof expected === 'string') return code === expected || String(message).includes(expected);
  if (expected instanceof RegExp) return expected.test(String(message));
  if (typeof expected === 'function') {
    return isErrorClass(expected) ? error instanceof expected : (expected as (error: unknown) => boolean)(error);
  }
  return Object.entries(expected).every(([key, value]) =>
    Object.is((error as Record<string, unknown> | null)?.[key], value),
  );
}

const isErrorClass = (value: object): value is abstract new (...args: never[]) => Error =>
  value === Error || (value as { prototype?: unknown }).prototype instanceof Error;

const describe = (expected: ExpectedError): string =>
  typeof expected === 'function' ? expected.name || 'what the given function accepts' : inspect(expected);
