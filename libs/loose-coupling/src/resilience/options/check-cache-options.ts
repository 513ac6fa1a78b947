import type { FaultList } from '../../kernel/index.js';
import { checkFunction, optionPath, recordOf } from './option-checks.js';
import type { CacheOptions } from './policy-options.js';

const KNOWN: readonly (keyof CacheOptions)[] = ['ttl', 'staleOnError', 'maxEntries', 'key'];

export function checkCacheOptions(faults: FaultList, path: string, value: unknown): void {
  const options = recordOf(faults, path, value, KNOWN);
  if (options === undefined) return;
  const { ttl, staleOnError, maxEntries, key } = options;
  if (!ttl && !staleOnError) faults.add(path, 'ttl or staleOnError, or both: without them nothing is used', value);
  faults.duration(optionPath(path, 'ttl'), ttl);
  faults.duration(optionPath(path, 'staleOnError'), staleOnError);
  faults.positiveInteger(optionPath(path, 'maxEntries'), maxEntries);
  checkFunction(faults, optionPath(path, 'key'), key);
}
