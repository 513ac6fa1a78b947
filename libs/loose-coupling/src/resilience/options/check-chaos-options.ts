import type { FaultList } from '../../kernel/index.js';
import { checkFunction, checkNumber, optionPath, recordOf } from './option-checks.js';
import type { ChaosOptions } from './policy-options.js';

const KNOWN: readonly (keyof ChaosOptions)[] = ['rate', 'latency', 'fault', 'outcome'];

export function checkChaosOptions(faults: FaultList, path: string, value: unknown): void {
  const options = recordOf(faults, path, value, KNOWN);
  if (options === undefined) return;
  const { rate, latency, fault, outcome } = options;
  checkNumber(faults, optionPath(path, 'rate'), rate, 'a share, 0 to 1', (share) => share >= 0 && share <= 1);
  faults.duration(optionPath(path, 'latency'), latency);
  checkFunction(faults, optionPath(path, 'fault'), fault);
  checkFunction(faults, optionPath(path, 'outcome'), outcome);
  if (latency === undefined && fault === undefined && outcome === undefined) {
    faults.add(path, 'latency, fault or outcome: without them nothing happens', value);
  }
  if (fault !== undefined && outcome !== undefined) faults.say(`${path}: fault and outcome cannot both happen`);
}
