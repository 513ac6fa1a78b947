import { BulkheadFullError } from '../errors/bulkhead-full.error.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import { RateLimitedError } from '../errors/rate-limited.error.js';
import type { ResilienceEvent } from '../events/resilience-event.js';
import type { Attempt } from './attempt.js';
import type { FrameParts } from './frame-parts.js';
import type { PipelineEnvironment, Slot } from './policy-set.port.js';
import type { RetryDecision } from './retries.js';

type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never;

/** Tells what happens to calls; makes an event only when somebody listens. */
export class Witness {
  constructor(
    private readonly parts: FrameParts,
    private readonly environment: PipelineEnvironment,
  ) {}

  get isHeard(): boolean {
    return this.environment.events.hasListeners;
  }

  tell(event: WithoutTime<ResilienceEvent>): void {
    const { clock, events } = this.environment;
    events.emit({ ...event, at: clock.now() } as ResilienceEvent);
  }

  /** Refused on the way in, or too late. */
  attemptFailed(attempt: Attempt, error: unknown, args: readonly unknown[]): void {
    if (attempt.hasExpired) this.timedOut(error);
    else if (!attempt.started) this.refused(error, args);
  }

  timedOut(error: unknown): void {
    if (!(error instanceof OperationTimeoutError)) return;
    const { policy, timeout, scope } = error;
    this.tell({ type: 'timeout', policy, timeout, scope });
  }

  decided(decision: RetryDecision, attempt: number, error: unknown): void {
    const policy = this.parts.retry?.name ?? this.parts.name;
    if (typeof decision === 'number') this.tell({ type: 'retry', policy, attempt, delay: decision, error });
    else this.tell({ type: 'retries-ended', policy, attempt, because: decision, error });
  }

  refused(error: unknown, args: readonly unknown[]): void {
    const { circuitBreaker, rateLimit, bulkhead } = this.parts;
    if (error instanceof CircuitOpenError) this.tellRefused('circuitBreaker', error, circuitBreaker?.slot, args);
    else if (error instanceof RateLimitedError) this.tellRefused('rateLimit', error, rateLimit?.slot, args);
    else if (error instanceof BulkheadFullError) this.tellRefused('bulkhead', error, bulkhead?.slot, args);
  }

  private tellRefused(
    by: 'circuitBreaker' | 'bulkhead' | 'rateLimit',
    { policy, retryAfterMs }: CircuitOpenError | RateLimitedError | BulkheadFullError,
    slot: Slot<unknown> | undefined,
    args: readonly unknown[],
  ): void {
    const key = slot?.keyOf(args);
    this.tell({
      type: 'refused',
      by,
      policy,
      ...(key !== undefined && { key }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
}
