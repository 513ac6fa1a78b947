import { ClosedError, FaultList, SystemClock, type Clock } from '../../kernel/index.js';
import type { CircuitSnapshot } from '../core/breaker/circuit-breaker.port.js';
import type { ConcurrencySnapshot } from '../core/concurrency/concurrency-limiter.port.js';
import { UnknownPolicyError } from '../errors/unknown-policy.error.js';
import { EventHub } from '../events/event-hub.js';
import type { ResilienceEvent, ResilienceListener } from '../events/resilience-event.js';
import type { CircuitEntry } from '../parts/circuit-entry.js';
import { CircuitWatchers } from '../parts/circuit-watchers.js';
import type { LivePipeline } from '../parts/live-pipeline.js';
import type { CompiledPipeline, PipelineEnvironment } from '../pipeline/policy-set.port.js';
import { ResiliencePipeline } from '../pipeline/resilience-pipeline.js';
import { ShutdownSignal } from '../pipeline/shutdown-signal.js';
import type { Circuit } from './circuit.js';
import type { CircuitHandle } from './circuit-handle.js';
import { LiveCircuitHandle } from './live-circuit-handle.js';
import type { MethodDeclaration } from './method-declaration.js';
import type { PolicyConfiguration } from './policy-configuration.js';
import { PolicyDirectory } from './policy-directory.js';
import { readConfiguration } from './read-configuration.js';
import { describePipeline, ResilienceDescription } from './resilience-description.js';
import type { ResilienceOptions } from './resilience.options.js';

/** Where a registry reports what concerns no call: a listener that throws. */
export interface ResilienceLogger {
  error(message: unknown, ...details: unknown[]): unknown;
}

/** Options of a registry that is made by hand. */
export interface ResilienceRegistryOptions extends ResilienceOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** For jitter and chaos, 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number;
  /** Default: nowhere. */
  readonly logger?: ResilienceLogger;
}

/** A circuit as it is now. */
export interface CircuitDescription extends CircuitSnapshot {
  readonly name: string;
  readonly key: string | undefined;
}

/**
 * The policies of an application: those that have a name, and those that methods have for themselves. Keeps the state of breakers, bulkheads, limits
 * and budgets, so that everything which uses a name shares it. Works without Nest.
 *
 * @throws {InvalidOptionsError} with every fault of the options
 */
export class ResilienceRegistry {
  private readonly clock: Clock;
  private readonly events: EventHub;
  private readonly circuitWatchers: CircuitWatchers;
  private readonly shutdown = new ShutdownSignal();
  private readonly closing = new ShutdownSignal();
  private readonly directory: PolicyDirectory;
  private readonly named = new Map<string, ResiliencePipeline>();
  private configuration: PolicyConfiguration;

  constructor({ clock, random, logger, ...options }: ResilienceRegistryOptions = {}) {
    this.configuration = read(options);
    this.clock = clock ?? new SystemClock();
    const report = (error: unknown) => void logger?.error('A listener to resilience events failed', error);
    this.events = new EventHub(report);
    this.circuitWatchers = new CircuitWatchers(report);
    const pipelines = this.environment(random ?? Math.random);
    this.directory = new PolicyDirectory(this.configuration, { pipelines, circuits: this.circuitWatchers });
  }

  /**
   * Makes the names that these methods give to policies known to each other, whichever is called first.
   *
   * @throws {InvalidOptionsError} when two methods give one name different options
   */
  declare(declarations: readonly MethodDeclaration[]): void {
    this.directory.declare(declarations);
  }

  /** The same for a method that is still being defined: `declaration` is asked before the next pipeline is made. */
  announce(declaration: () => MethodDeclaration): void {
    this.directory.announce(declaration);
  }

  /**
   * The pipeline of a decorated method: the same for the same declaration object.
   *
   * @throws {InvalidOptionsError} with every fault of its options, unknown names included
   */
  pipelineFor(declaration: MethodDeclaration): CompiledPipeline {
    return this.directory.pipelineFor(declaration);
  }

  /**
   * A policy of the configuration, to run any function behind it.
   *
   * @throws {UnknownPolicyError} when it is not configured
   */
  policy(name: string): ResiliencePipeline {
    const known = this.named.get(name);
    if (known) return known;
    const configured = [...this.configuration.policies.keys()];
    if (!configured.includes(name)) throw new UnknownPolicyError('policy', name, configured);
    const pipeline = this.viewed(this.directory.pipelineFor({ name, policy: name, policies: [] }));
    this.named.set(name, pipeline);
    return pipeline;
  }

  /**
   * A circuit by the name of its policy, or of its method (`Class.method`). Where there is one for each key, also the key.
   *
   * @throws {UnknownPolicyError} when there is none, also when the method of a handle has gone since
   */
  circuitBreaker(name: string, key?: string): CircuitHandle {
    const find = (): CircuitEntry => found('circuit', name, key, this.directory.find('circuitBreaker', name).circuits);
    find();
    return new LiveCircuitHandle(name, key, find, this.clock);
  }

  /**
   * A bulkhead as it is now, found like a circuit.
   *
   * @throws {UnknownPolicyError} when there is none
   */
  bulkhead(name: string, key?: string): ConcurrencySnapshot {
    return found('bulkhead', name, key, this.directory.find('bulkhead', name).limiters).machine.snapshot();
  }

  /** Every circuit as it is now. */
  circuits(): readonly CircuitDescription[] {
    const now = this.clock.monotonic();
    return [...this.entries()].map(({ name, key, machine }) => ({ name, key, ...machine.snapshot(now) }));
  }

  /** Tells `listener` of the circuits that there are, and of each new one. Returns how to stop. */
  onCircuit(listener: (circuit: Circuit) => void): () => void {
    for (const circuit of this.entries()) listener(circuit);
    return this.circuitWatchers.add({ created: listener });
  }

  /** Tells `listener` of each circuit that is dropped: its key was not used for long, or its policy has gone. Returns how to stop. */
  onCircuitForgotten(listener: (circuit: Circuit) => void): () => void {
    return this.circuitWatchers.add({ forgotten: listener });
  }

  /**
   * Takes another configuration while calls run: what it leaves out is as if it had never been configured. State is kept: an open circuit
   * stays open, calls that run or wait stay counted, and a wider bulkhead admits them at once. A call in progress keeps its retries and timeouts.
   * A policy that a method, or `policy()`, uses cannot be removed.
   *
   * @throws {InvalidOptionsError} with every fault; then nothing has changed
   */
  reload(options: ResilienceOptions): void {
    const faults = new FaultList('Resilience options');
    const configuration = readConfiguration(options, faults, '');
    faults.throwIfAny();
    const changed = this.directory.follow(configuration, faults);
    this.configuration = configuration;
    if (!this.events.hasListeners) return;
    for (const { plan } of changed) this.events.emit({ type: 'reloaded', policy: plan.name, at: this.clock.now() });
  }

  /** The pipelines that have been made, as they are in effect; `String()` of it is for people. */
  describe(): ResilienceDescription {
    return new ResilienceDescription([...this.directory.all].map(describePipeline));
  }

  /** Tells `listener` what happens to calls. When it throws, that is reported once and the call goes on. Returns how to stop. */
  subscribe(listener: ResilienceListener): () => void {
    return this.events.on(listener);
  }

  /** For what belongs to the registry and happens outside of it, such as the loss of a shared store. */
  emit(event: ResilienceEvent): void {
    if (this.events.hasListeners) this.events.emit(event);
  }

  get closed(): boolean {
    return this.closing.reason !== undefined;
  }

  /**
   * Ends all waits (in a queue, for a rate, between attempts) with a ClosedError, also those to come, and hedges no more. What runs goes on, and a
   * call that waits for nothing still passes.
   */
  drain(): void {
    this.shutdown.shutDown(closed());
  }

  /** Drains, and aborts the signals of what still runs with a ClosedError; of what begins later, when they are asked for. */
  close(): void {
    this.drain();
    this.closing.shutDown(closed());
  }

  private environment(random: () => number): PipelineEnvironment {
    const { clock, events, shutdown, closing } = this;
    return { clock, random, events, shutdown, closing, chaosEnabled: () => this.configuration.chaos };
  }

  private *entries(): IterableIterator<CircuitEntry> {
    for (const { circuitBreaker } of this.directory.policies()) {
      if (circuitBreaker) yield* circuitBreaker.circuits.entries();
    }
  }

  private viewed(pipeline: LivePipeline): ResiliencePipeline {
    const { name } = pipeline.plan;
    return new ResiliencePipeline(pipeline, {
      circuit: () => {
        if (!pipeline.order.includes('circuitBreaker')) return undefined;
        const circuit = this.directory.find('circuitBreaker', name).circuits.find(undefined);
        return circuit?.machine.snapshot(this.clock.monotonic());
      },
      bulkhead: () => {
        if (!pipeline.order.includes('bulkhead')) return undefined;
        return this.directory.find('bulkhead', name).limiters.find(undefined)?.machine.snapshot();
      },
      subscribe: (listener) => this.events.on(listener),
    });
  }
}

const closed = (): ClosedError => new ClosedError('The resilience registry');

function read(options: ResilienceOptions): PolicyConfiguration {
  const faults = new FaultList('ResilienceRegistry');
  const configuration = readConfiguration(options, faults, '');
  faults.throwIfAny();
  return configuration;
}

function found<E>(
  subject: 'circuit' | 'bulkhead',
  name: string,
  key: string | undefined,
  machines: { find(key: string | undefined): E | undefined },
): E {
  const entry = machines.find(key);
  if (entry !== undefined) return entry;
  const why = key === undefined ? 'It has one for each key: say which' : 'It has none for keys';
  throw new UnknownPolicyError(subject, key === undefined ? name : `${name}" with key "${key}`, [name], why);
}
