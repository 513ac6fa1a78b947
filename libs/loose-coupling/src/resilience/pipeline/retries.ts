import { retryAfterOf } from '../core/retry/retry-after-of.js';
import type { RetryStop } from '../core/retry/retry.port.js';
import { RejectionError } from '../errors/rejection.error.js';
import type { Attempt } from './attempt.js';
import type { CallScope } from './call-scope.js';
import type { PipelineEnvironment, RetryPart } from './policy-set.port.js';

/** Share of a Retry-After that is added to it at random. */
const RETRY_AFTER_SPREAD = 0.1;

/** The wait before the next attempt in milliseconds, or why there is none. */
export type RetryDecision = number | RetryStop;

/** Decides what comes after an attempt. */
export class Retries {
  constructor(
    private readonly part: RetryPart,
    private readonly environment: PipelineEnvironment,
  ) {}

  /** A budget is a share of the calls that were let through. The time when this one began is near enough, and known. */
  firstAnswered({ startedAt }: Attempt): void {
    this.part.budget?.deposit(startedAt);
  }

  firstFailed({ started }: Attempt, error: unknown): void {
    const { budget } = this.part;
    if (budget !== undefined && started && !(error instanceof RejectionError)) {
      budget.deposit(this.environment.clock.monotonic());
    }
  }

  afterError({ scope, attempt, hasBegun }: Attempt, error: unknown, previousDelay: number): RetryDecision {
    const { part } = this;
    if (!part.isRetryable(error, attempt, hasBegun)) return 'not-retryable';
    if (attempt >= part.maxAttempts) return 'max-attempts';
    const retryAfter = retryAfterOf(error, this.environment.clock.now()) ?? 0;
    if (retryAfter > part.maxDelay) return 'retry-after-too-long';
    const delay = part.schedule.delay(attempt, previousDelay);
    return this.afford(scope, delay >= retryAfter ? delay : this.spread(retryAfter));
  }

  /** Whoever was told the same time must not all come back at the same moment. */
  private spread(retryAfter: number): number {
    const { part, environment } = this;
    return Math.min(part.maxDelay, retryAfter * (1 + RETRY_AFTER_SPREAD * environment.random()));
  }

  wantsBetter(result: unknown, attempt: number): boolean {
    const { retryIfResult } = this.part;
    return retryIfResult !== undefined && retryIfResult(result, attempt);
  }

  /** After a result that is not good enough. */
  afterResult(scope: CallScope | undefined, attempt: number, previousDelay: number): RetryDecision {
    if (attempt >= this.part.maxAttempts) return 'max-attempts';
    return this.afford(scope, this.part.schedule.delay(attempt, previousDelay));
  }

  /** An attempt that could only begin after the deadline is neither waited nor paid for. */
  private afford(scope: CallScope | undefined, delay: number): RetryDecision {
    const { budget } = this.part;
    if (scope === undefined && budget === undefined) return delay;
    const now = this.environment.clock.monotonic();
    if (scope !== undefined && delay >= scope.remainingMs(now)) return 'total-timeout';
    return budget === undefined || budget.tryWithdraw(now) ? delay : 'budget';
  }
}
