import type { CircuitBreakerMachine } from '../core/breaker/circuit-breaker.port.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import type { CircuitBreakerPart } from './policy-set.port.js';
import { stackless } from './stackless.js';

/** Why a circuit refuses, and when to come again. */
export function circuitOpenError(
  part: CircuitBreakerPart,
  breaker: CircuitBreakerMachine,
  now: number,
): CircuitOpenError {
  const state = breaker.state(now);
  const shown = state === 'half-open' || state === 'forced-open' ? state : 'open';
  return stackless(() => new CircuitOpenError(part.name, shown, breaker.retryAfterMs(now)));
}
