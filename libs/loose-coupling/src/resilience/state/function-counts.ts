import type { CircuitCounts } from './circuit-state-store.js';

/** Where the circuit breaker function of the source document starts. */
export const INITIAL_COUNTS: CircuitCounts = {
  failureCount: 0,
  lastFailureTime: 0,
  failureThreshold: 5,
  timeoutSeconds: 60,
  halfOpenMaxCalls: 3,
  halfOpenCalls: 0,
};

/** Who probes while the function lets test calls through. */
export const FUNCTION_OWNER = 'circuit-breaker-function';
