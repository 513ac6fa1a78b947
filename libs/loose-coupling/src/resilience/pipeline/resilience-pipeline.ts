import type { CircuitSnapshot } from '../core/breaker/circuit-breaker.port.js';
import type { ConcurrencySnapshot } from '../core/concurrency/concurrency-limiter.port.js';
import { EventHub } from '../events/event-hub.js';
import type { ResilienceListener } from '../events/resilience-event.js';
import type { PolicyKind } from '../options/policy-options.js';
import { CircuitWatchers } from '../parts/circuit-watchers.js';
import { LivePipeline } from '../parts/live-pipeline.js';
import type { ExecuteOptions, Work } from './attempt.port.js';
import { PipelineBuilder, type PipelineIngredients } from './pipeline-builder.js';
import { ShutdownSignal } from './shutdown-signal.js';

/** What a pipeline can be asked besides running work. */
export interface PipelineView {
  circuit(): CircuitSnapshot | undefined;
  bulkhead(): ConcurrencySnapshot | undefined;
  subscribe(listener: ResilienceListener): () => void;
}

/**
 * Policies around any function. Get one by name from a `ResilienceRegistry`, or build one that stands by itself:
 *
 * @example
 * ```ts
 * const pipeline = ResiliencePipeline.builder('inventory').retry().circuitBreaker().timeout(800).bulkhead(20).build();
 * const stock = await pipeline.execute(({ signal }) => fetch(url, { signal }), { signal: request.signal });
 * ```
 */
export class ResiliencePipeline {
  static builder(name = 'pipeline'): PipelineBuilder<ResiliencePipeline> {
    return new PipelineBuilder(name, buildPipeline);
  }

  /** Made by a builder or a registry. */
  constructor(
    private readonly pipeline: LivePipeline,
    private readonly view: PipelineView,
  ) {}

  get name(): string {
    return this.pipeline.plan.name;
  }

  /** The policies, from the outside in. */
  get order(): readonly PolicyKind[] {
    return this.pipeline.order;
  }

  /**
   * Runs `work` behind the policies. It is given the attempt: its number, and a signal that is aborted when the attempt is given up.
   *
   * @throws {CircuitOpenError} {@link BulkheadFullError} {@link RateLimitedError} {@link OperationTimeoutError}, what the work throws, or the reason of
   * the signal
   */
  execute<T>(work: Work<T>, options?: ExecuteOptions): Promise<T> {
    return this.pipeline.execute(work, options?.signal, options?.key);
  }

  /** The circuit as it is now; undefined when the pipeline has none, or one for each key. */
  get circuit(): CircuitSnapshot | undefined {
    return this.view.circuit();
  }

  /** The bulkhead as it is now; undefined when the pipeline has none, or one for each key. */
  get bulkhead(): ConcurrencySnapshot | undefined {
    return this.view.bulkhead();
  }

  /** Tells `listener` what happens to calls; of a registry's pipeline, also to others that share its policies. Returns how to stop. */
  subscribe(listener: ResilienceListener): () => void {
    return this.view.subscribe(listener);
  }
}

function buildPipeline({ plan, clock, random, chaos }: PipelineIngredients): ResiliencePipeline {
  const events = new EventHub();
  const never = new ShutdownSignal();
  const pipelines = { clock, random, events, shutdown: never, closing: never, chaosEnabled: () => chaos };
  const pipeline = new LivePipeline(plan, { pipelines, circuits: new CircuitWatchers() });
  return new ResiliencePipeline(pipeline, {
    circuit: () => pipeline.own.circuitBreaker?.circuits.find(undefined)?.machine.snapshot(clock.monotonic()),
    bulkhead: () => pipeline.own.bulkhead?.limiters.find(undefined)?.machine.snapshot(),
    subscribe: (listener) => events.on(listener),
  });
}
