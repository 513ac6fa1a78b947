import type { FaultList } from '../../kernel/index.js';
import { checkPositiveDuration, isNumber, optionPath, recordOf } from './option-checks.js';

const KNOWN = ['attempt', 'total'] as const;

export function checkTimeoutOptions(faults: FaultList, path: string, value: unknown): void {
  if (typeof value === 'number') return checkPositiveDuration(faults, path, value);
  const options = recordOf(faults, path, value, KNOWN, 'milliseconds, or { attempt, total }');
  if (options === undefined) return;
  const { attempt, total } = options;
  if (attempt === undefined && total === undefined) return faults.add(path, 'attempt or total, or both', value);
  checkPositiveDuration(faults, optionPath(path, 'attempt'), attempt);
  checkPositiveDuration(faults, optionPath(path, 'total'), total);
  if (isNumber(attempt) && isNumber(total) && attempt > total) {
    faults.add(optionPath(path, 'attempt'), `at most total, which is ${total}`, attempt);
  }
}
