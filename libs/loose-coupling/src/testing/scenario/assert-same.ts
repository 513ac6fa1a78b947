import { AssertionError, deepStrictEqual } from 'node:assert';

/** @throws {AssertionError} with the difference, in whichever test framework */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    throw failure(`${what}: ${error.message}`, { actual, expected });
  }
}

export function failure(message: string, values: { actual?: unknown; expected?: unknown; cause?: unknown } = {}) {
  const { cause, actual, expected } = values;
  const error = new AssertionError({ message, actual, expected });
  return cause === undefined ? error : Object.assign(error, { cause });
}
