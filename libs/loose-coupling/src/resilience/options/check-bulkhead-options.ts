import type { FaultList } from '../../kernel/index.js';
import { checkNumber, isNumber, optionPath, recordOf } from './option-checks.js';
import { ADAPTIVE_LIMIT_DEFAULTS } from './policy-defaults.js';
import type { AdaptiveLimitOptions, BulkheadOptions } from './policy-options.js';

const KNOWN: readonly (keyof Exclude<BulkheadOptions, number>)[] = [
  'maxConcurrent',
  'maxQueue',
  'queueTimeout',
  'adaptive',
];
const KNOWN_OF_ADAPTIVE: readonly (keyof AdaptiveLimitOptions)[] = ['minLimit', 'maxLimit', 'tolerance', 'smoothing'];

export function checkBulkheadOptions(faults: FaultList, path: string, value: unknown): void {
  if (typeof value === 'number') return faults.positiveInteger(path, value);
  const options = recordOf(faults, path, value, KNOWN, 'a number of calls, or an object of options');
  if (options === undefined) return;
  const at = (key: string): string => optionPath(path, key);
  faults.positiveInteger(at('maxConcurrent'), options['maxConcurrent']);
  checkNumber(faults, at('maxQueue'), options['maxQueue'], 'a whole number, 0 or more', isWholeNumber);
  faults.duration(at('queueTimeout'), options['queueTimeout']);
  const { adaptive } = options;
  if (adaptive === undefined || typeof adaptive === 'boolean') {
    if (adaptive === true) checkStart(faults, at('maxConcurrent'), options['maxConcurrent'], {});
    return;
  }
  const limits = recordOf(faults, at('adaptive'), adaptive, KNOWN_OF_ADAPTIVE, 'true, false or an object of options');
  if (limits === undefined) return;
  checkLimits(faults, at('adaptive'), limits);
  checkStart(faults, at('maxConcurrent'), options['maxConcurrent'], limits);
}

function checkLimits(faults: FaultList, path: string, limits: AdaptiveLimits): void {
  faults.positiveInteger(`${path}.minLimit`, limits.minLimit);
  faults.positiveInteger(`${path}.maxLimit`, limits.maxLimit);
  const [lowest, highest] = boundsOf(limits);
  if (isNumber(lowest) && isNumber(highest) && lowest > highest) {
    faults.add(`${path}.minLimit`, `at most maxLimit, which is ${highest}`, lowest);
  }
  checkNumber(faults, `${path}.tolerance`, limits.tolerance, 'a number, 1 or more', (factor) => factor >= 1);
  checkNumber(faults, `${path}.smoothing`, limits.smoothing, 'a number above 0 and at most 1', isShare);
}

/** The default start is brought within the bounds, but one that was asked for has to lie there. */
function checkStart(faults: FaultList, path: string, start: unknown, limits: AdaptiveLimits): void {
  const [lowest, highest] = boundsOf(limits);
  if (!isNumber(lowest) || !isNumber(highest) || !isNumber(start) || lowest > highest) return;
  if (start < lowest || start > highest) {
    faults.add(path, `from ${lowest} to ${highest}, the bounds of the adaptive limit`, start);
  }
}

type AdaptiveLimits = { readonly [K in keyof AdaptiveLimitOptions]?: unknown };

const boundsOf = (limits: AdaptiveLimits): readonly [unknown, unknown] => [
  limits.minLimit ?? ADAPTIVE_LIMIT_DEFAULTS.minLimit,
  limits.maxLimit ?? ADAPTIVE_LIMIT_DEFAULTS.maxLimit,
];
const isWholeNumber = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isShare = (value: number): boolean => value > 0 && value <= 1;
