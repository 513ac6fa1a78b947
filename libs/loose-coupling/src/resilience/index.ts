export { Bulkhead, type BulkheadDecoratorOptions } from './decorators/bulkhead.decorator.js';
export { Cached, type CachedDecoratorOptions } from './decorators/cached.decorator.js';
export { Chaos } from './decorators/chaos.decorator.js';
export { CircuitBreaker, type CircuitBreakerDecoratorOptions } from './decorators/circuit-breaker.decorator.js';
export type { SharedPolicyOptions } from './decorators/declare-policy.js';
export { Fallback } from './decorators/fallback.decorator.js';
export { Hedge } from './decorators/hedge.decorator.js';
export { RateLimit, type RateLimitDecoratorOptions } from './decorators/rate-limit.decorator.js';
export { bindInstance, bindResilience, declarationsOf, unbindResilience } from './decorators/registry-binding.js';
export type { ResilienceDecorator, ResilientMethod } from './decorators/resilience-decorator.js';
export { Resilient, type ResilientOptions } from './decorators/resilient.decorator.js';
export { Retry } from './decorators/retry.decorator.js';
export { Timeout } from './decorators/timeout.decorator.js';
export type { MethodReturns } from './decorators/method/method-returns.js';

export type { AttemptContext, ExecuteOptions, Work } from './pipeline/attempt.port.js';
export { currentAttempt, detached } from './pipeline/current-attempt.js';
export type { PipelineBuilder } from './pipeline/pipeline-builder.js';
export type { CompiledPipeline } from './pipeline/policy-set.port.js';
export { ResiliencePipeline } from './pipeline/resilience-pipeline.js';

export type { Circuit, CircuitObserver } from './registry/circuit.js';
export type { CircuitHandle } from './registry/circuit-handle.js';
export { defaultResilienceRegistry } from './registry/default-registry.js';
export type { DeclaredPolicy, MethodDeclaration } from './registry/method-declaration.js';
export { validateResilienceOptions } from './registry/read-configuration.js';
export type {
  PipelineDescription,
  PolicyDescription,
  ResilienceDescription,
} from './registry/resilience-description.js';
export {
  ResilienceRegistry,
  type CircuitDescription,
  type ResilienceLogger,
  type ResilienceRegistryOptions,
} from './registry/resilience-registry.js';
export type { NamedPolicyOptions, ResilienceOptions } from './registry/resilience.options.js';

export type {
  CircuitBreakerMachine,
  CircuitSnapshot,
  CircuitState,
  CircuitTransition,
  TransitionReason,
} from './core/breaker/circuit-breaker.port.js';
export type { ConcurrencySnapshot } from './core/concurrency/concurrency-limiter.port.js';
export type { Outcome } from './core/outcome.js';
export { retryAfterOf } from './core/retry/retry-after-of.js';
export type { ResilienceEvent, ResilienceListener } from './events/resilience-event.js';

export type { CircuitBreakerOptions, CircuitBreakerSettings } from './options/circuit-breaker.options.js';
export type { KeyOptions } from './options/key.options.js';
export {
  CANONICAL_ORDER,
  type AdaptiveLimitOptions,
  type BulkheadOptions,
  type CacheOptions,
  type ChaosOptions,
  type ErrorMatcher,
  type FallbackHandler,
  type FallbackOptions,
  type HedgeOptions,
  type OutcomeOptions,
  type PolicyKind,
  type PolicyOptions,
  type RateLimitOptions,
  type RetryBudgetOptions,
  type RetryOptions,
  type TimeoutOptions,
} from './options/policy-options.js';

export { BulkheadFullError } from './errors/bulkhead-full.error.js';
export { CircuitOpenError } from './errors/circuit-open.error.js';
export { CircuitStoreError } from './errors/circuit-store.error.js';
export { HedgeLostError } from './errors/hedge-lost.error.js';
export { InvalidDecorationError } from './errors/invalid-decoration.error.js';
export { OperationTimeoutError } from './errors/operation-timeout.error.js';
export { RateLimitedError } from './errors/rate-limited.error.js';
export { RejectionError } from './errors/rejection.error.js';
export { StreamAbandonedError } from './errors/stream-abandoned.error.js';
export { SyncMethodError } from './errors/sync-method.error.js';
export { UndeclaredStreamError } from './errors/undeclared-stream.error.js';
export { UnknownPolicyError } from './errors/unknown-policy.error.js';

export {
  CircuitBreakerFunction,
  type CircuitBreakerFunctionOptions,
  type CircuitBreakerFunctionResult,
} from './state/circuit-breaker-function.js';
export { CircuitCoordinator, type CircuitCoordinatorOptions, type CircuitSource } from './state/circuit-coordinator.js';
export { CircuitStateStore, type CircuitCounts, type SharedCircuit } from './state/circuit-state-store.js';
export { FUNCTION_OWNER, INITIAL_COUNTS } from './state/function-counts.js';
export { MemoryCircuitStateStore } from './state/memory-circuit-state-store.js';
export { assertGenerationGrows, unwrittenCircuit } from './state/shared-circuit.js';
export type { SharedStateOptions } from './state/shared-state.options.js';
export {
  SqliteCircuitStateStore,
  type SqliteCircuitStateStoreOptions,
} from './state/sqlite/sqlite-circuit-state-store.js';

export { isAnswerable } from './nest/answerable-error.js';
export { ResilienceExceptionFilter } from './nest/resilience-exception.filter.js';
export type { ResilienceModuleOptions } from './nest/resilience-module.options.js';
export { retryAfterSeconds } from './nest/retry-after.js';
