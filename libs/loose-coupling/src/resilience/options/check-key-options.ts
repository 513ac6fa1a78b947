import type { FaultList } from '../../kernel/index.js';
import type { KeyOptions } from './key.options.js';
import { checkFunction, checkPositiveDuration, optionPath, type OptionRecord } from './option-checks.js';

export const KEY_OPTIONS: readonly (keyof KeyOptions)[] = ['key', 'maxKeys', 'keyTtl'];

export function checkKeyOptions(faults: FaultList, path: string, options: OptionRecord): void {
  checkFunction(faults, optionPath(path, 'key'), options['key']);
  faults.positiveInteger(optionPath(path, 'maxKeys'), options['maxKeys']);
  checkPositiveDuration(faults, optionPath(path, 'keyTtl'), options['keyTtl']);
}
