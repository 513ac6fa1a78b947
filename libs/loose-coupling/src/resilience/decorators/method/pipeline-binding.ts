import type { CompiledPipeline } from '../../pipeline/policy-set.port.js';
import type { MethodDeclaration } from '../../registry/method-declaration.js';
import type { ClassDeclarations } from './class-declarations.js';
import type { PipelineSource } from './pipeline-source.js';
import { UnboundPipeline } from './unbound-pipeline.js';

/** Which registry runs a method: one for each living application that uses its class. */
export class PipelineBinding {
  private readonly sources = new Set<PipelineSource>();
  private readonly pipelines = new Map<PipelineSource, Map<MethodDeclaration, CompiledPipeline>>();
  /** Of the application that closed last: while none lives it refuses what comes late; the default registry would know nothing of it. */
  private retired: PipelineSource | undefined;
  private readonly unbound: PipelineSource = {
    pipelineFor: (declaration) => new UnboundPipeline(declaration, this.retired),
  };
  private readonly instances = new WeakMap<object, PipelineSource>();

  constructor(private readonly declarations: ClassDeclarations) {}

  /** Whether all instances are run by the same registry. */
  get isShared(): boolean {
    return this.sources.size < 2;
  }

  add(source: PipelineSource): void {
    this.sources.delete(source);
    this.sources.add(source);
    this.retired = undefined;
    this.forget();
  }

  delete(source: PipelineSource): void {
    this.sources.delete(source);
    this.forget();
  }

  retire(source: PipelineSource): void {
    if (!this.sources.has(source)) return;
    this.delete(source);
    this.retired = source;
  }

  addInstance(instance: object, source: PipelineSource): void {
    this.instances.set(instance, source);
  }

  /** Compiles anew at the next call. */
  forget(): void {
    this.pipelines.clear();
  }

  /** The pipeline for a call on `self`. An instance that nobody has bound belongs to the application that started last. */
  resolve(self: unknown): CompiledPipeline {
    const source = this.sourceOf(self);
    let pipelines = this.pipelines.get(source);
    if (!pipelines) this.pipelines.set(source, (pipelines = new Map()));
    const declaration = this.declarations.of(self);
    const known = pipelines.get(declaration);
    if (known) return known;
    const pipeline = source.pipelineFor(declaration);
    pipelines.set(declaration, pipeline);
    return pipeline;
  }

  private sourceOf(self: unknown): PipelineSource {
    if (!this.isShared && typeof self === 'object' && self !== null) {
      const source = this.instances.get(self);
      if (source && this.sources.has(source)) return source;
    }
    return [...this.sources].at(-1) ?? this.unbound;
  }
}
