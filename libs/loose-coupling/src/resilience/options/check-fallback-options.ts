import type { FaultList } from '../../kernel/index.js';
import { isErrorClass } from './is-error-class.js';
import { optionPath, recordOf } from './option-checks.js';
import type { FallbackOptions } from './policy-options.js';

const KNOWN: readonly (keyof FallbackOptions)[] = ['use', 'on'];

/** One fallback, or a chain of them. */
export function checkFallbackOptions(faults: FaultList, path: string, value: unknown): void {
  if (!Array.isArray(value)) return checkOne(faults, path, value);
  if (value.length === 0) faults.add(path, 'one fallback or more', value);
  value.forEach((fallback: unknown, index) => checkOne(faults, `${path}[${index}]`, fallback));
}

function checkOne(faults: FaultList, path: string, value: unknown): void {
  const options = recordOf(faults, path, value, KNOWN, '{ use, on }');
  if (options === undefined) return;
  const { use, on } = options;
  if (!['string', 'symbol', 'function'].includes(typeof use) || use === '') {
    faults.add(optionPath(path, 'use'), 'the name of a method, or a function', use);
  }
  const isMatcher = typeof on === 'function' || (Array.isArray(on) && on.every(isErrorClass));
  if (on !== undefined && !isMatcher) {
    faults.add(optionPath(path, 'on'), 'an error class, an array of them, or a predicate', on);
  }
}
