import type { Work } from '../../pipeline/attempt.port.js';
import type { CompiledPipeline } from '../../pipeline/policy-set.port.js';
import { livingApplications } from '../../registry/living-applications.js';
import type { MethodDeclaration } from '../../registry/method-declaration.js';
import type { PipelineSource } from './pipeline-source.js';

/** The pipeline of a method whose class nobody has bound: of whatever registry is to run such classes at the time of the call. */
export class UnboundPipeline implements CompiledPipeline {
  private pipeline: CompiledPipeline;
  private asOf: number;

  /** @throws {InvalidOptionsError} with every fault of the method's options */
  constructor(
    private readonly declaration: MethodDeclaration,
    private registry: PipelineSource | undefined,
  ) {
    this.pipeline = this.find();
    this.asOf = livingApplications.changes;
  }

  get order(): CompiledPipeline['order'] {
    return this.current.order;
  }

  call<T>(
    method: (...args: never[]) => PromiseLike<T> | T,
    self: unknown,
    args: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<T> {
    return this.current.call(method, self, args, signal);
  }

  execute<T>(work: Work<T>, signal?: AbortSignal, key?: string): Promise<T> {
    return this.current.execute(work, signal, key);
  }

  private get current(): CompiledPipeline {
    if (this.asOf !== livingApplications.changes) {
      this.pipeline = this.find();
      this.asOf = livingApplications.changes;
    }
    return this.pipeline;
  }

  private find(): CompiledPipeline {
    const registry = livingApplications.registryFor(this.registry);
    const pipeline = registry.pipelineFor(this.declaration);
    this.registry = registry;
    return pipeline;
  }
}
