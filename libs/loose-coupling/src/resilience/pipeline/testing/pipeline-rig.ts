import { FakeClock } from '../../../testing/fake-clock.js';
import { CircuitBreaker } from '../../core/breaker/circuit-breaker.js';
import { Bulkhead } from '../../core/concurrency/bulkhead.js';
import type { Outcome } from '../../core/outcome.js';
import { TokenBucket } from '../../core/rate/token-bucket.js';
import { isRetryableByDefault } from '../../core/retry/is-retryable.js';
import { RejectionError } from '../../errors/rejection.error.js';
import { EventHub } from '../../events/event-hub.js';
import type { ResilienceEvent } from '../../events/resilience-event.js';
import type { CircuitBreakerSettings } from '../../options/circuit-breaker.options.js';
import type {
  BulkheadPart,
  CircuitBreakerPart,
  HedgePart,
  PipelineEnvironment,
  RateLimitPart,
  RetryPart,
  Slot,
  TimeoutPart,
} from '../policy-set.port.js';
import { ShutdownSignal } from '../shutdown-signal.js';

export const slotOf = <M>(machine: M): Slot<M> => ({ only: machine, pick: () => machine, keyOf: () => undefined });

const BREAKER: CircuitBreakerSettings = {
  slidingWindow: { type: 'count', size: 10 },
  failureRateThreshold: 50,
  slowCallRateThreshold: undefined,
  slowCallDuration: 60_000,
  minimumCalls: 10,
  consecutiveFailures: undefined,
  openDuration: 30_000,
  maxOpenDuration: 300_000,
  halfOpenCalls: 1,
  halfOpenMaxWait: 30_000,
};

/** A clock, a shutdown and events of one's own, and parts as the registry makes them. */
export class PipelineRig implements PipelineEnvironment {
  readonly clock = new FakeClock();
  readonly shutdown = new ShutdownSignal();
  /** A registry that is closed without being drained first does both at once. */
  readonly closing = this.shutdown;
  readonly events = new EventHub();
  readonly seen: ResilienceEvent[] = [];
  random = (): number => 0.5;
  chaosEnabled = (): boolean => true;

  /** What has happened, by type. */
  watch(): this {
    this.events.on((event) => this.seen.push(event));
    return this;
  }

  get types(): string[] {
    return this.seen.map((event) => event.type);
  }

  breaker(settings: Partial<CircuitBreakerSettings> = {}): CircuitBreakerPart & { machine: CircuitBreaker } {
    const machine = new CircuitBreaker({ ...BREAKER, ...settings });
    const outcomeOfError = (error: unknown): Outcome => (error instanceof RejectionError ? 'ignored' : 'failure');
    return { name: 'breaker', machine, slot: slotOf(machine), outcomeOfError, outcomeOfResult: undefined };
  }

  bulkhead(maxConcurrent: number, maxQueue = 0, queueTimeout?: number): BulkheadPart & { machine: Bulkhead } {
    const machine = new Bulkhead(maxConcurrent, maxQueue);
    return { name: 'bulkhead', machine, slot: slotOf(machine), queueTimeout };
  }

  rateLimit(limit: number, interval: number, maxWait = 0): RateLimitPart & { machine: TokenBucket } {
    const machine = new TokenBucket({ limit, interval, burst: limit });
    return { name: 'rate', machine, slot: slotOf(machine), maxWait };
  }

  retry(maxAttempts: number, part: Partial<RetryPart> = {}): RetryPart {
    return {
      name: 'retry',
      maxAttempts,
      schedule: { delay: () => 100 },
      maxDelay: 10_000,
      totalTimeout: undefined,
      budget: undefined,
      isRetryable: isRetryableByDefault,
      retryIfResult: undefined,
      ...part,
    };
  }

  timeout(attempt?: number, total?: number): TimeoutPart {
    return { name: 'timeout', attempt, total };
  }

  hedge(delay: number, maxAttempts = 2, budget?: HedgePart['budget']): HedgePart {
    return { name: 'hedge', delay, maxAttempts, budget };
  }
}

/** Work whose end the test decides. */
export class Job<T = string> {
  calls = 0;
  readonly pending: { resolve(value: T): void; reject(error: unknown): void }[] = [];

  readonly run = (): Promise<T> => {
    this.calls += 1;
    return new Promise<T>((resolve, reject) => this.pending.push({ resolve, reject }));
  };

  /** Ends the call that has run longest. */
  resolve(value: T): void {
    this.pending.shift()?.resolve(value);
  }

  reject(error: unknown): void {
    this.pending.shift()?.reject(error);
  }
}

/** Remembers how a promise ended, and that it did once. */
export function outcomeOf<T>(promise: Promise<T>): { value?: T; error?: unknown; settled: number } {
  const outcome: { value?: T; error?: unknown; settled: number } = { settled: 0 };
  promise.then(
    (value) => Object.assign(outcome, { value, settled: outcome.settled + 1 }),
    (error: unknown) => Object.assign(outcome, { error, settled: outcome.settled + 1 }),
  );
  return outcome;
}
