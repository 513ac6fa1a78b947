import type { LoggerService } from '@nestjs/common';
import type { Clock } from '../../kernel/index.js';
import type { CircuitSnapshot } from '../core/breaker/circuit-breaker.port.js';
import type { ConcurrencySnapshot } from '../core/concurrency/concurrency-limiter.port.js';
import type { ResilienceListener } from '../events/resilience-event.js';
import type { CompiledPipeline } from '../pipeline/policy-set.port.js';
import type { ResiliencePipeline } from '../pipeline/resilience-pipeline.js';
import type { Circuit } from './circuit.js';
import type { CircuitHandle } from './circuit-handle.js';
import type { MethodDeclaration } from './method-declaration.js';
import type { ResilienceOptions } from './resilience.options.js';

/** Options of a registry that is made by hand. */
export interface ResilienceRegistryOptions extends ResilienceOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** For jitter and chaos, 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number;
  /** Where a listener that throws is reported. Default: nowhere. */
  readonly logger?: Pick<LoggerService, 'error'>;
}

export interface CircuitDescription extends CircuitSnapshot {
  readonly name: string;
  readonly key: string | undefined;
}

export class ResilienceRegistry {
  constructor(_options?: ResilienceRegistryOptions) {
    throw new Error('not yet');
  }

  /** Makes names that these methods give to policies known to the others. @throws {InvalidOptionsError} with every fault. */
  declare(_declarations: readonly MethodDeclaration[]): void {
    throw new Error('not yet');
  }

  /** The same pipeline for the same declaration object. @throws {InvalidOptionsError} @throws {UnknownPolicyError} */
  pipelineFor(_declaration: MethodDeclaration): CompiledPipeline {
    throw new Error('not yet');
  }

  /** @throws {UnknownPolicyError} */
  policy(_name: string): ResiliencePipeline {
    throw new Error('not yet');
  }

  /** @throws {UnknownPolicyError} */
  circuitBreaker(_name: string, _key?: string): CircuitHandle {
    throw new Error('not yet');
  }

  /** @throws {UnknownPolicyError} */
  bulkhead(_name: string, _key?: string): ConcurrencySnapshot {
    throw new Error('not yet');
  }

  circuits(): readonly CircuitDescription[] {
    throw new Error('not yet');
  }

  /** Called for the circuits that exist, and for each new one. Returns how to stop. */
  onCircuit(_listener: (circuit: Circuit) => void): () => void {
    throw new Error('not yet');
  }

  /** Called for each circuit that is forgotten, because its key was not used for long. */
  onCircuitForgotten(_listener: (circuit: Circuit) => void): () => void {
    throw new Error('not yet');
  }

  /** @throws {InvalidOptionsError} with every fault; then nothing has changed. */
  reload(_options: ResilienceOptions): void {
    throw new Error('not yet');
  }

  describe(): unknown {
    throw new Error('not yet');
  }

  /** Returns how to stop. */
  subscribe(_listener: ResilienceListener): () => void {
    throw new Error('not yet');
  }

  get closed(): boolean {
    throw new Error('not yet');
  }

  /** Ends all waits with ClosedError; later waits end at once. Calls that need not wait still pass. */
  close(): void {
    throw new Error('not yet');
  }
}
