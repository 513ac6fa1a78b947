import type { FaultList } from '../../kernel/index.js';
import { optionPath, recordOf } from './option-checks.js';
import type { HedgeOptions } from './policy-options.js';

const KNOWN: readonly (keyof HedgeOptions)[] = ['delay', 'maxAttempts'];

export function checkHedgeOptions(faults: FaultList, path: string, value: unknown): void {
  const options = recordOf(faults, path, value, KNOWN);
  if (options === undefined) return;
  faults.duration(optionPath(path, 'delay'), options['delay']);
  faults.positiveInteger(optionPath(path, 'maxAttempts'), options['maxAttempts']);
}
