import { WrongExpectedVersionError } from '../errors/wrong-expected-version.error.js';
import type { ExpectedVersion } from './event-store.js';

export function isExpectedVersion(value: unknown): value is ExpectedVersion {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0;
  return value === 'any' || value === 'noStream' || value === 'streamExists';
}

/** @throws {WrongExpectedVersionError} when a stream at version `actual` is not what its writer expects */
export function checkExpectedVersion(streamName: string, expected: ExpectedVersion, actual: number): void {
  if (!isAsExpected(expected, actual)) throw new WrongExpectedVersionError(streamName, expected, actual);
}

function isAsExpected(expected: ExpectedVersion, actual: number): boolean {
  switch (expected) {
    case 'any':
      return true;
    case 'noStream':
      return actual === 0;
    case 'streamExists':
      return actual > 0;
    default:
      return actual === expected;
  }
}
