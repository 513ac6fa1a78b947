import { REFUSED } from '../core/breaker/circuit-breaker.port.js';
import { circuitOpenError } from './circuit-open-error.js';
import type { Attempt } from './attempt.js';

/** The attempt waits for its work to begin; what the circuits around it permitted waits too. */
export function suspendPermits(waiting: Attempt): void {
  for (let attempt: Attempt | undefined = waiting; attempt !== undefined; attempt = attempt.outer) {
    attempt.breaker?.suspend(attempt.permit);
  }
}

/** After a wait: a circuit that has opened meanwhile refuses what it had let through. */
export function renewPermits(waiting: Attempt, now: number): void {
  for (let attempt: Attempt | undefined = waiting; attempt !== undefined; attempt = attempt.outer) {
    const { breaker, parts } = attempt;
    if (breaker === undefined || parts.circuitBreaker === undefined) continue;
    attempt.permit = breaker.renew(attempt.permit, now);
    if (attempt.permit !== REFUSED) continue;
    attempt.breaker = undefined;
    throw circuitOpenError(parts.circuitBreaker, breaker, now);
  }
}
