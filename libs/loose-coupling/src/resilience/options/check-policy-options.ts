import type { FaultList } from '../../kernel/index.js';
import { checkCircuitBreakerOptions } from '../core/breaker/circuit-breaker.settings.js';
import { checkBulkheadOptions } from './check-bulkhead-options.js';
import { checkCacheOptions } from './check-cache-options.js';
import { checkChaosOptions } from './check-chaos-options.js';
import { checkFallbackOptions } from './check-fallback-options.js';
import { checkHedgeOptions } from './check-hedge-options.js';
import { checkKeyOptions, KEY_OPTIONS } from './check-key-options.js';
import { checkOutcomeOptions, OUTCOME_OPTIONS } from './check-outcome-options.js';
import { checkRateLimitOptions } from './check-rate-limit-options.js';
import { checkRetryOptions } from './check-retry-options.js';
import { checkTimeoutOptions } from './check-timeout-options.js';
import type { OptionRecord } from './option-checks.js';
import { CANONICAL_ORDER, type PolicyKind } from './policy-options.js';

type Check = (faults: FaultList, path: string, value: unknown) => void;

const CHECKS: Readonly<Record<PolicyKind, Check>> = {
  fallback: checkFallbackOptions,
  cache: checkCacheOptions,
  retry: checkRetryOptions,
  hedge: checkHedgeOptions,
  circuitBreaker: withKeys(withOutcomes(checkCircuitBreakerOptions)),
  rateLimit: withKeys(checkRateLimitOptions),
  timeout: checkTimeoutOptions,
  bulkhead: withKeys(checkBulkheadOptions),
  chaos: checkChaosOptions,
};

/** Adds what is wrong with the options of one policy; `path` is where the user wrote them. */
export function checkPolicyOptions(faults: FaultList, path: string, kind: PolicyKind, value: unknown): void {
  CHECKS[kind](faults, path, value);
}

/** Adds what is wrong with an order; kinds that it leaves out keep their usual place. */
export function checkOrder(faults: FaultList, path: string, order: unknown): void {
  if (order === undefined) return;
  if (!Array.isArray(order)) return faults.add(path, 'an array of policies, from the outside in', order);
  order.forEach((kind: unknown, index) => {
    faults.oneOf(`${path}[${index}]`, kind ?? null, CANONICAL_ORDER);
    if (order.indexOf(kind) !== index) faults.say(`${path}[${index}]: ${String(kind)} is there twice`);
  });
}

function withKeys(check: Check): Check {
  return splitting(KEY_OPTIONS, checkKeyOptions, check);
}

function withOutcomes(check: Check): Check {
  return splitting(OUTCOME_OPTIONS, checkOutcomeOptions, check);
}

/** Options that several policies have are checked apart, so that the others' check does not call them unknown. */
function splitting(
  names: readonly string[],
  checkThese: (faults: FaultList, path: string, options: OptionRecord) => void,
  checkRest: Check,
): Check {
  return (faults, path, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return checkRest(faults, path, value);
    checkThese(faults, path, value as OptionRecord);
    const rest = Object.entries(value).filter(([name]) => !names.includes(name));
    checkRest(faults, path, Object.fromEntries(rest));
  };
}
