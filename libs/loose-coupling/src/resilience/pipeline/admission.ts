import { REFUSED } from '../core/breaker/circuit-breaker.port.js';
import type { RateLimiterMachine } from '../core/rate/rate-limiter.port.js';
import { RateLimitedError } from '../errors/rate-limited.error.js';
import type { Attempt } from './attempt.js';
import { circuitOpenError } from './circuit-open-error.js';
import { DeadlineQueue } from './deadline-queue.js';
import type { FrameParts } from './frame-parts.js';
import { pause } from './pause.js';
import type { PipelineEnvironment, RateLimitPart } from './policy-set.port.js';
import { waitForPermit } from './queue-ticket.js';
import { stackless } from './stackless.js';
import { renewPermits, suspendPermits } from './waiting-permit.js';

/** What stands between an attempt and its work: breaker, rate limit, the attempt's deadline, bulkhead. */
export class Admission {
  private deadlines: DeadlineQueue | undefined = undefined;

  constructor(
    private readonly parts: FrameParts,
    private readonly environment: PipelineEnvironment,
  ) {}

  /**
   * Takes all that the attempt needs. Answers undefined when it has it, which is the rule, or what to wait for. `time` is the
   * monotonic time, or 0 when nobody has wanted to know yet. What was taken is on the attempt, also when this throws.
   */
  admit(attempt: Attempt, args: readonly unknown[], time: number): Promise<void> | undefined {
    const { circuitBreaker, rateLimit } = this.parts;
    let now = time;
    if (circuitBreaker !== undefined) {
      const breaker = circuitBreaker.slot.only ?? circuitBreaker.slot.pick(args);
      if (now === 0 && breaker.timesCalls) now = this.environment.clock.monotonic();
      const permit = breaker.tryAcquire(now);
      if (permit === REFUSED)
        throw circuitOpenError(circuitBreaker, breaker, now || this.environment.clock.monotonic());
      attempt.breaker = breaker;
      attempt.permit = permit;
    }
    if (rateLimit !== undefined) {
      const limiter = rateLimit.slot.only ?? rateLimit.slot.pick(args);
      const wait = reserveTurn(rateLimit, limiter, attempt, now);
      if (wait > 0) return this.admitAtTurn(limiter, attempt, args, now, wait);
    }
    return this.enter(attempt, args, now);
  }

  /** After a wait: what measures the work begins now, and a circuit that has opened meanwhile lets nothing through. */
  afterWait(attempt: Attempt): void {
    attempt.throwIfCancelled();
    attempt.startedAt = this.environment.clock.monotonic();
    renewPermits(attempt, attempt.startedAt);
  }

  private enter(attempt: Attempt, args: readonly unknown[], time: number): Promise<void> | undefined {
    const { timeout, bulkhead } = this.parts;
    if (timeout?.attempt !== undefined) this.arm(attempt, timeout.attempt, time);
    attempt.startedAt = time;
    if (bulkhead === undefined) return undefined;
    const limiter = bulkhead.slot.only ?? bulkhead.slot.pick(args);
    if (!limiter.tryAcquire()) {
      suspendPermits(attempt);
      return waitForPermit(limiter, bulkhead, this.environment, attempt);
    }
    attempt.limiter = limiter;
    if (time === 0 && limiter.usesTime) attempt.startedAt = this.environment.clock.monotonic();
    return undefined;
  }

  /** Waits for the turn that a rate limiter gave; who does not wait to the end gives it back. */
  private async admitAtTurn(
    limiter: RateLimiterMachine,
    attempt: Attempt,
    args: readonly unknown[],
    now: number,
    wait: number,
  ): Promise<void> {
    const { clock } = this.environment;
    suspendPermits(attempt);
    try {
      await pause(this.environment, attempt, wait);
    } catch (error) {
      limiter.cancel(clock.monotonic(), now + wait);
      throw error;
    }
    this.afterWait(attempt);
    await this.enter(attempt, args, attempt.startedAt);
  }

  private arm(attempt: Attempt, duration: number, now: number): void {
    // A reload may have changed it; what is armed in the old queue stays due there.
    if (this.deadlines?.duration !== duration) this.deadlines = new DeadlineQueue(this.environment.clock, duration);
    attempt.isEndable = true;
    this.deadlines.arm(attempt, now);
  }
}

/** Milliseconds until the call's turn; 0 mostly. A turn after the call's own deadline is none. */
function reserveTurn(part: RateLimitPart, limiter: RateLimiterMachine, attempt: Attempt, now: number): number {
  const patience = attempt.scope === undefined ? Infinity : attempt.scope.remainingMs(now);
  const wait = limiter.reserve(now, Math.min(part.maxWait, patience));
  if (wait < 0) throw stackless(() => new RateLimitedError(part.name, -wait));
  return wait;
}
