import type { FaultList } from '../../kernel/index.js';
import { checkNumber, checkPositiveDuration, recordOf } from './option-checks.js';
import type { RetryBudgetOptions } from './policy-options.js';

const KNOWN: readonly (keyof RetryBudgetOptions)[] = ['ratio', 'minPerSecond', 'window'];

/** Of retries, and of hedges. */
export function checkBudgetOptions(faults: FaultList, path: string, value: unknown): void {
  if (value === undefined || value === false) return;
  const budget = recordOf(faults, path, value, KNOWN, 'an object of options, or false');
  if (budget === undefined) return;
  const isRight = (amount: number): boolean => amount >= 0;
  checkNumber(faults, `${path}.ratio`, budget['ratio'], 'a number, 0 or more', isRight);
  checkNumber(faults, `${path}.minPerSecond`, budget['minPerSecond'], 'a number, 0 or more', isRight);
  checkPositiveDuration(faults, `${path}.window`, budget['window']);
}
