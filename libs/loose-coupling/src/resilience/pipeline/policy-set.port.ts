import type { Clock } from '../../kernel/index.js';
import type { CircuitBreakerMachine } from '../core/breaker/circuit-breaker.port.js';
import type { ConcurrencyLimiter } from '../core/concurrency/concurrency-limiter.port.js';
import type { Outcome } from '../core/outcome.js';
import type { RateLimiterMachine } from '../core/rate/rate-limiter.port.js';
import type { RetryBudgetMachine, RetrySchedule } from '../core/retry/retry.port.js';
import type { ResilienceEvent } from '../events/resilience-event.js';
import type { CacheOptions, ChaosOptions, ErrorMatcher, FallbackHandler } from '../options/policy-options.js';
import type { AnswerCache } from './answer-cache.js';
import type { Work } from './attempt.port.js';
import type { ShutdownListener } from './shutdown-listener.js';

/** One machine for all calls, or one for each key. */
export interface Slot<M> {
  /** The machine, when there is one for all calls. */
  readonly only: M | undefined;
  /** The machine for these arguments. */
  pick(args: readonly unknown[]): M;
  /** The key of these arguments, for events and errors; undefined when there is one machine for all. */
  keyOf(args: readonly unknown[]): string | undefined;
}

/**
 * Policies that are alive: what a frame runs. Parts are shared by all methods that name them and belong to the registry, which
 * may replace what is inside them while calls run (a reload); a frame therefore reads a part once per attempt and
 * releases to the machine that it acquired from.
 */
export interface CircuitBreakerPart {
  /** Name of the policy, or `Class.method`: for errors and events. */
  readonly name: string;
  readonly slot: Slot<CircuitBreakerMachine>;
  outcomeOfError(error: unknown): Outcome;
  /** Undefined: every result is a success. */
  readonly outcomeOfResult: ((result: unknown) => Outcome) | undefined;
}

export interface BulkheadPart {
  readonly name: string;
  readonly slot: Slot<ConcurrencyLimiter>;
  /** Milliseconds; undefined: as long as the caller waits. */
  readonly queueTimeout: number | undefined;
}

export interface RateLimitPart {
  readonly name: string;
  readonly slot: Slot<RateLimiterMachine>;
  readonly maxWait: number;
}

export interface RetryPart {
  readonly name: string;
  readonly maxAttempts: number;
  readonly schedule: RetrySchedule;
  /** A Retry-After that is longer ends the retries. */
  readonly maxDelay: number;
  readonly totalTimeout: number | undefined;
  readonly budget: RetryBudgetMachine | undefined;
  /** Everything `retryIf`, `idempotent` and our own rules say. `hasBegun`: whether the work was called in the attempt. */
  isRetryable(error: unknown, attempt: number, hasBegun: boolean): boolean;
  readonly retryIfResult: ((result: unknown, attempt: number) => boolean) | undefined;
}

export interface TimeoutPart {
  readonly name: string;
  readonly attempt: number | undefined;
  readonly total: number | undefined;
}

export interface HedgePart {
  readonly name: string;
  readonly delay: number;
  readonly maxAttempts: number;
  readonly budget: RetryBudgetMachine | undefined;
}

export interface FallbackPart {
  readonly name: string;
  readonly use: string | symbol | FallbackHandler;
  readonly on: ErrorMatcher | undefined;
}

export interface CachePart {
  readonly name: string;
  readonly options: CacheOptions;
  /** Answers that outlive the pipeline, which is compiled anew by a reload. */
  readonly answers?: AnswerCache;
}

export interface ChaosPart {
  readonly name: string;
  readonly options: ChaosOptions;
}

export interface PolicySet {
  /** `Class.method`, or the name given to a pipeline. */
  readonly name: string;
  readonly fallback?: readonly FallbackPart[];
  readonly cache?: CachePart;
  readonly retry?: RetryPart;
  readonly hedge?: HedgePart;
  readonly circuitBreaker?: CircuitBreakerPart;
  readonly rateLimit?: RateLimitPart;
  readonly timeout?: TimeoutPart;
  readonly bulkhead?: BulkheadPart;
  readonly chaos?: ChaosPart;
}

/** One of the two steps in which a registry's calls end. */
export interface ShutdownPhase {
  /** Defined from then on. */
  readonly reason: Error | undefined;
  add(listener: ShutdownListener): void;
  delete(listener: ShutdownListener): void;
}

/** What all pipelines of one registry share. */
export interface PipelineEnvironment {
  readonly clock: Clock;
  readonly random: () => number;
  /** Read before an event is made, so that nobody listening costs nothing. */
  readonly events: { readonly hasListeners: boolean; emit(event: ResilienceEvent): void };
  /** Ends the waits of all calls when the application begins to shut down; later waits end at once, with `reason`. */
  readonly shutdown: ShutdownPhase;
  /** Aborts the signals of what still runs when the application has shut down. */
  readonly closing: ShutdownPhase;
  readonly chaosEnabled: () => boolean;
}

/** The policies of one method or pipeline, compiled. */
export interface CompiledPipeline {
  /** Runs `method.apply(self, args)` behind the policies. `signal` is the caller's. */
  call<T>(
    method: (...args: never[]) => PromiseLike<T> | T,
    self: unknown,
    args: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<T>;
  /** Runs a function that is given the attempt it is. It has no arguments: `key` stands in for what is made of them. */
  execute<T>(work: Work<T>, signal?: AbortSignal, key?: string): Promise<T>;
  /** The effective order, from the outside in. */
  readonly order: readonly (keyof Omit<PolicySet, 'name'>)[];
}
