import type { FaultList } from '../../kernel/index.js';
import { checkPositiveDuration, optionPath, recordOf } from './option-checks.js';
import type { RateLimitOptions } from './policy-options.js';

const KNOWN: readonly (keyof RateLimitOptions)[] = ['limit', 'interval', 'burst', 'maxWait'];

export function checkRateLimitOptions(faults: FaultList, path: string, value: unknown): void {
  const options = recordOf(faults, path, value, KNOWN);
  if (options === undefined) return;
  const at = (key: string): string => optionPath(path, key);
  if (options['limit'] === undefined) faults.add(at('limit'), 'a whole number above 0', undefined);
  faults.positiveInteger(at('limit'), options['limit']);
  checkPositiveDuration(faults, at('interval'), options['interval']);
  faults.positiveInteger(at('burst'), options['burst']);
  faults.duration(at('maxWait'), options['maxWait']);
}
