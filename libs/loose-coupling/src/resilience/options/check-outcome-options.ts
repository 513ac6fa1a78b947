import type { FaultList } from '../../kernel/index.js';
import { checkFunction, optionPath, type OptionRecord } from './option-checks.js';
import type { OutcomeOptions } from './policy-options.js';

export const OUTCOME_OPTIONS: readonly (keyof OutcomeOptions)[] = ['recordIf', 'ignoreIf', 'recordResultIf'];

export function checkOutcomeOptions(faults: FaultList, path: string, options: OptionRecord): void {
  for (const name of OUTCOME_OPTIONS) checkFunction(faults, optionPath(path, name), options[name]);
}
