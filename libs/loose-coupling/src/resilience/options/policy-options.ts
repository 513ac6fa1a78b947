import type { CircuitBreakerOptions } from './circuit-breaker.options.js';
import type { KeyOptions } from './key.options.js';

/** Options of retries; predicates are written as methods, so that one may say what it takes: `(result: Response) => …`. Times are milliseconds. Being given at all declares the work retryable. */
export interface RetryOptions {
  /** Attempts, the first included. Default 3. */
  readonly maxAttempts?: number;
  /** Wait before the second attempt. Default 100. */
  readonly initialDelay?: number;
  /** No wait is longer; a longer Retry-After ends the retries. Default 10,000. */
  readonly maxDelay?: number;
  /** How waits grow. Default `exponential` (doubles). */
  readonly backoff?: 'constant' | 'linear' | 'exponential' | 'decorrelated';
  /** Default `full`; without meaning for `decorrelated`, which is random by itself. */
  readonly jitter?: 'full' | 'equal' | 'none';
  /** `false`: only what is known not to have started is tried again (connection refused, DNS, `notStarted: true`). Default true. */
  readonly idempotent?: boolean;
  /** Retries allowed per first attempt, shared by all calls of the policy; `false` switches it off. Default 20 % and at least 10 a second. */
  readonly budget?: RetryBudgetOptions | false;
  /** No attempt starts later than this after the first one, and none runs longer. Default: no limit. */
  readonly totalTimeout?: number;
  /** Default: every error but our own rejections, aborts and ClosedError. */
  retryIf?(error: unknown, attempt: number): boolean;
  /** Tries again on results too. Default: never. */
  retryIfResult?(result: unknown, attempt: number): boolean;
}

/** After Finagle's RetryBudget: a share of the first attempts, plus a trickle that keeps quiet services retrying. */
export interface RetryBudgetOptions {
  /** Retries per first attempt. Default 0.2. */
  readonly ratio?: number;
  /** Retries a second that are always allowed. Default 10. */
  readonly minPerSecond?: number;
  /** How long a first attempt counts. Default 10,000. */
  readonly window?: number;
}

/** A number limits each attempt. Default: no limit. */
export type TimeoutOptions = number | { readonly attempt?: number; readonly total?: number };

/** A number is `maxConcurrent`. */
export type BulkheadOptions =
  | number
  | {
      /** Calls that run at the same time. Default 10; with `adaptive`, where it starts. */
      readonly maxConcurrent?: number;
      /** Calls that may wait. Default 0. */
      readonly maxQueue?: number;
      /** How long one waits at most. Default: as long as its caller does. */
      readonly queueTimeout?: number;
      /** Finds the limit itself, from latencies. Default: off. */
      readonly adaptive?: boolean | AdaptiveLimitOptions;
    };

/** Gradient2 of Netflix/concurrency-limits. */
export interface AdaptiveLimitOptions {
  /** Default 1. */
  readonly minLimit?: number;
  /** Default 200. */
  readonly maxLimit?: number;
  /** How much slower than usual is still healthy, 1 or more. Default 1.5. */
  readonly tolerance?: number;
  /** How fast the limit follows, above 0 and at most 1. Default 0.2. */
  readonly smoothing?: number;
}

export interface RateLimitOptions {
  /** Calls per `interval`. */
  readonly limit: number;
  /** Default 1,000. */
  readonly interval?: number;
  /** Calls that may come at once. Default: `limit`. */
  readonly burst?: number;
  /** How long a call may wait for its turn. Default 0: it is refused. */
  readonly maxWait?: number;
}

/** Sends a second request when the first is slow. Only for what may run twice. */
export interface HedgeOptions {
  /** How long to wait for an attempt before the next is sent beside it. Default 100. */
  readonly delay?: number;
  /** All of them, the first included. Default 2. */
  readonly maxAttempts?: number;
  /** Requests that may be sent beside others, per call, as the budget of retries; `false` switches it off. Default 20 % and at least 10 a second. */
  readonly budget?: RetryBudgetOptions | false;
}

/** `(error, ...args) => value`. Written as a method, so that a handler may say which class of error it takes. */
export type FallbackHandler = { handle(error: unknown, ...args: never[]): unknown }['handle'];

/** Which errors a fallback takes: classes, or a predicate. */
export type ErrorMatcher =
  | (abstract new (...args: never[]) => Error)
  | readonly (abstract new (...args: never[]) => Error)[]
  | ((error: unknown) => boolean);

export interface FallbackOptions {
  /** A method of the same object, called as `(error, ...args)`, or a function. */
  readonly use: string | symbol | FallbackHandler;
  /** Default: every error but an abort by the caller. */
  readonly on?: ErrorMatcher;
}

/** Answers from memory. */
export interface CacheOptions {
  /** Answers younger than this are used without asking, in milliseconds. Default 0: always asks. */
  readonly ttl?: number;
  /** An answer up to this old is used when asking failed. Default 0: never. */
  readonly staleOnError?: number;
  /** Answers kept. Default 1,000. */
  readonly maxEntries?: number;
  /** Which calls are the same. Default: their arguments as JSON; calls with others than plain JSON are not remembered. */
  key?(args: readonly unknown[]): string;
}

/** Faults on purpose. Does nothing unless chaos is switched on for the registry. */
export interface ChaosOptions {
  /** Share of the calls, 0 to 1. Default 0.1. */
  readonly rate?: number;
  /** Added before the work, in milliseconds. */
  readonly latency?: number;
  /** Thrown instead of the work. */
  readonly fault?: () => unknown;
  /** Answered instead of the work. */
  readonly outcome?: () => unknown;
}

/** Which outcomes count as failures. */
export interface OutcomeOptions {
  /** Errors that count. Default: all but aborts by the caller and our own rejections further in. */
  recordIf?(error: unknown): boolean;
  /** Errors that count neither way; asked first. Default: none. */
  ignoreIf?(error: unknown): boolean;
  /** Results that count as failures. Default: none. */
  recordResultIf?(result: unknown): boolean;
}

/** Several policies under one name, in configuration or for a pipeline. */
export interface PolicyOptions {
  readonly fallback?: FallbackOptions | readonly FallbackOptions[];
  readonly cache?: CacheOptions;
  readonly retry?: RetryOptions;
  readonly hedge?: HedgeOptions;
  readonly circuitBreaker?: CircuitBreakerOptions & OutcomeOptions & KeyOptions;
  readonly rateLimit?: RateLimitOptions & KeyOptions;
  readonly timeout?: TimeoutOptions;
  readonly bulkhead?: number | (Exclude<BulkheadOptions, number> & KeyOptions);
  readonly chaos?: ChaosOptions;
}

export type PolicyKind = keyof PolicyOptions;

/** From the outside in. */
export const CANONICAL_ORDER = [
  'fallback',
  'cache',
  'retry',
  'hedge',
  'circuitBreaker',
  'rateLimit',
  'timeout',
  'bulkhead',
  'chaos',
] as const satisfies readonly PolicyKind[];
