import type { FaultList } from '../../kernel/index.js';
import { checkBudgetOptions } from './check-budget-options.js';
import { checkFunction, checkPositiveDuration, isNumber, optionPath, recordOf } from './option-checks.js';
import { RETRY_DEFAULTS } from './policy-defaults.js';
import type { RetryOptions } from './policy-options.js';

const BACKOFFS: readonly RetryOptions['backoff'][] = ['constant', 'linear', 'exponential', 'decorrelated'];
const JITTERS: readonly RetryOptions['jitter'][] = ['full', 'equal', 'none'];
const KNOWN: readonly (keyof RetryOptions)[] = [
  'maxAttempts',
  'initialDelay',
  'maxDelay',
  'backoff',
  'jitter',
  'idempotent',
  'budget',
  'totalTimeout',
  'retryIf',
  'retryIfResult',
];

export function checkRetryOptions(faults: FaultList, path: string, value: unknown): void {
  const options = recordOf(faults, path, value, KNOWN);
  if (options === undefined) return;
  const at = (key: string): string => optionPath(path, key);
  faults.positiveInteger(at('maxAttempts'), options['maxAttempts']);
  faults.duration(at('initialDelay'), options['initialDelay']);
  faults.duration(at('maxDelay'), options['maxDelay']);
  checkDelays(faults, at('initialDelay'), options['initialDelay'], options['maxDelay']);
  faults.oneOf(at('backoff'), options['backoff'], BACKOFFS);
  faults.oneOf(at('jitter'), options['jitter'], JITTERS);
  faults.boolean(at('idempotent'), options['idempotent']);
  checkBudgetOptions(faults, at('budget'), options['budget']);
  checkPositiveDuration(faults, at('totalTimeout'), options['totalTimeout']);
  checkFunction(faults, at('retryIf'), options['retryIf']);
  checkFunction(faults, at('retryIfResult'), options['retryIfResult']);
  if (options['idempotent'] === false && options['retryIfResult'] !== undefined) {
    faults.say(`${at('retryIfResult')}: cannot be with idempotent: false, as work that has a result has run`);
  }
}

/** A default first wait may be cut short by `maxDelay`, but one that was asked for must not be. */
function checkDelays(faults: FaultList, path: string, initialDelay: unknown, maxDelay: unknown): void {
  const longest = maxDelay ?? RETRY_DEFAULTS.maxDelay;
  if (isNumber(initialDelay) && isNumber(longest) && initialDelay > longest) {
    faults.add(path, `at most maxDelay, which is ${longest}`, initialDelay);
  }
}
