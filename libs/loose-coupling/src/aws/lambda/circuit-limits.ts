import type { CircuitBreakerFunctionOptions } from '../../resilience/index.js';

type Limits = NonNullable<CircuitBreakerFunctionOptions['limits']>;

const VARIABLES = {
  failureThreshold: 'CIRCUIT_BREAKER_FAILURE_THRESHOLD',
  timeoutSeconds: 'CIRCUIT_BREAKER_TIMEOUT_SECONDS',
  halfOpenMaxCalls: 'CIRCUIT_BREAKER_HALF_OPEN_MAX_CALLS',
} as const;

/** Limits as the function's environment says them; what it does not say, or says wrongly, is as the document has it. */
export function limitsOf(environment: Readonly<Record<string, string | undefined>>): Limits {
  const said = Object.entries(VARIABLES).flatMap(([limit, variable]) => {
    const value = Number(environment[variable] ?? Number.NaN);
    return Number.isSafeInteger(value) && value > 0 ? [[limit, value] as const] : [];
  });
  return Object.fromEntries(said);
}
