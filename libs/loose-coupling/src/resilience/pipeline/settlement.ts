import { REFUSED } from '../core/breaker/circuit-breaker.port.js';
import { isOverload } from '../core/concurrency/is-overload.js';
import type { ConcurrencyLimiter } from '../core/concurrency/concurrency-limiter.port.js';
import type { Outcome } from '../core/outcome.js';
import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import { RejectionError } from '../errors/rejection.error.js';
import type { Attempt } from './attempt.js';
import type { CircuitBreakerPart, PipelineEnvironment } from './policy-set.port.js';

/** Ends an attempt that answered: what it holds goes back, whatever the predicates do. */
export function succeed(
  attempt: Attempt,
  part: CircuitBreakerPart | undefined,
  environment: PipelineEnvironment,
  result: unknown,
): void {
  attempt.end();
  let outcome: Outcome = 'ignored';
  try {
    outcome = part?.outcomeOfResult === undefined ? 'success' : part.outcomeOfResult(result);
    if (outcome === 'failure') attempt.answeredPoorly = true;
  } finally {
    release(attempt, environment, outcome, outcome);
  }
}

/** Ends an attempt that did not answer. What a predicate throws takes the place of the error. */
export function fail(
  attempt: Attempt,
  part: CircuitBreakerPart | undefined,
  environment: PipelineEnvironment,
  error: unknown,
): void {
  attempt.end();
  let outcome: Outcome = 'ignored';
  try {
    if (tellsAboutTheWork(attempt, error)) outcome = part === undefined ? outcomeOf(error) : part.outcomeOfError(error);
  } finally {
    const { limiter } = attempt;
    const ofLoad = limiter?.usesTime && outcome === 'failure' && !isOverload(error) ? 'ignored' : outcome;
    release(attempt, environment, outcome, ofLoad);
  }
}

/** Refusals, timeouts in a queue and callers that gave up say nothing about what was, or was not, called. */
function tellsAboutTheWork(attempt: Attempt, error: unknown): boolean {
  if (!attempt.started || attempt.stoppedByShutdown) return false;
  // A deadline further out, of another pipeline even, is a dependency that took too long.
  return !attempt.cancelled || attempt.byDeadline || error !== attempt.reason || error instanceof OperationTimeoutError;
}

const outcomeOf = (error: unknown): Outcome => (error instanceof RejectionError ? 'ignored' : 'failure');

/** `ofLoad`: what the outcome says about the load, which is what a limiter learns from. */
function release(attempt: Attempt, environment: PipelineEnvironment, outcome: Outcome, ofLoad: Outcome): void {
  const { breaker, limiter, startedAt } = attempt;
  if (breaker !== undefined) {
    attempt.breaker = undefined;
    const now = breaker.usesTime || outcome === 'failure' ? environment.clock.monotonic() : 0;
    breaker.release(attempt.permit, outcome, now, startedAt);
    attempt.permit = REFUSED;
  }
  if (limiter === undefined && !attempt.cancelled) return;
  attempt.limiter = undefined;
  if (attempt.cancelled || attempt.abandoned !== undefined) releaseLater(attempt, limiter, environment, ofLoad);
  else limiter?.release(ofLoad, limiter.usesTime ? environment.clock.monotonic() : 0, startedAt);
}

/** A permit is held until the work has settled, here and further in, and not until somebody tired of waiting for it. */
function releaseLater(
  attempt: Attempt,
  limiter: ConcurrencyLimiter | undefined,
  environment: PipelineEnvironment,
  outcome: Outcome,
): void {
  const { work, startedAt } = attempt;
  if (work !== undefined && attempt.cancelled) attempt.abandon(work);
  if (limiter === undefined) return;
  const giveBack = (): void =>
    limiter.release(outcome, limiter.usesTime ? environment.clock.monotonic() : 0, startedAt);
  const whenInnerWorkEnds = (): void => {
    if (attempt.abandoned === undefined) giveBack();
    else void Promise.allSettled(attempt.abandoned).then(giveBack);
  };
  if (work === undefined) giveBack();
  else work.then(whenInnerWorkEnds, whenInnerWorkEnds);
}
