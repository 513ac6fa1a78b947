import type { FaultList } from '../../kernel/index.js';
import { checkBudgetOptions } from './check-budget-options.js';
import { optionPath, recordOf } from './option-checks.js';
import type { HedgeOptions } from './policy-options.js';

const KNOWN: readonly (keyof HedgeOptions)[] = ['delay', 'maxAttempts', 'budget'];

export function checkHedgeOptions(faults: FaultList, path: string, value: unknown): void {
  const options = recordOf(faults, path, value, KNOWN);
  if (options === undefined) return;
  faults.duration(optionPath(path, 'delay'), options['delay']);
  faults.positiveInteger(optionPath(path, 'maxAttempts'), options['maxAttempts']);
  checkBudgetOptions(faults, optionPath(path, 'budget'), options['budget']);
}
