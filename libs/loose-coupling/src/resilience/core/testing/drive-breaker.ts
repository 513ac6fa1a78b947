import type { CircuitBreakerOptions } from '../../options/circuit-breaker.options.js';
import type { CircuitBreakerHooks } from '../breaker/circuit-breaker.js';
import { CircuitBreaker } from '../breaker/circuit-breaker.js';
import { REFUSED, type CircuitTransition } from '../breaker/circuit-breaker.port.js';
import { resolveCircuitBreakerSettings } from '../breaker/circuit-breaker.settings.js';
import type { Outcome } from '../outcome.js';

/** A breaker, and everything that it told. */
export function breakerOf(
  options: CircuitBreakerOptions = {},
  hooks: CircuitBreakerHooks = {},
): { breaker: CircuitBreaker; transitions: CircuitTransition[] } {
  const transitions: CircuitTransition[] = [];
  const onTransition = (transition: CircuitTransition): void => {
    transitions.push(transition);
    hooks.onTransition?.(transition);
  };
  return {
    breaker: new CircuitBreaker(resolveCircuitBreakerSettings(options), { ...hooks, onTransition }),
    transitions,
  };
}

/** One call at one moment; false when it was refused. */
export function call(breaker: CircuitBreaker, outcome: Outcome, now = 0, took = 0): boolean {
  const permit = breaker.tryAcquire(now);
  if (permit === REFUSED) return false;
  breaker.release(permit, outcome, now + took, now);
  return true;
}

/** Calls one after the other: `F` fails, `S` succeeds, `I` is ignored. Returns how many passed. */
export function calls(breaker: CircuitBreaker, outcomes: string, now = 0): number {
  const named: Record<string, Outcome> = { F: 'failure', S: 'success', I: 'ignored' };
  return [...outcomes].filter((letter) => call(breaker, named[letter] ?? 'success', now)).length;
}
