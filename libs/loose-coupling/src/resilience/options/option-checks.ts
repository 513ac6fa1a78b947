import type { FaultList } from '../../kernel/index.js';

/** Options that came from outside, by name. */
export type OptionRecord = Readonly<Record<string, unknown>>;

/** The options as a record, with unknown names noted; undefined, and noted, when they are no object. */
export function recordOf(
  faults: FaultList,
  path: string,
  value: unknown,
  known: readonly string[],
  expected = 'an object of options',
): OptionRecord | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.add(path, expected, value);
    return undefined;
  }
  faults.unknownKeys(path, value, known);
  return value as OptionRecord;
}

/** Where an option of `path` is; the path is empty for options that stand by themselves. */
export const optionPath = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

export function checkNumber(
  faults: FaultList,
  path: string,
  value: unknown,
  expected: string,
  isRight: (value: number) => boolean,
): void {
  if (value !== undefined && !(isNumber(value) && isRight(value))) faults.add(path, expected, value);
}

export function checkPositiveDuration(faults: FaultList, path: string, value: unknown): void {
  checkNumber(faults, path, value, 'milliseconds above 0', (duration) => duration > 0);
}

export function checkFunction(faults: FaultList, path: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') faults.add(path, 'a function', value);
}
