import type { CompiledPipeline } from '../../pipeline/policy-set.port.js';
import type { MethodDeclaration } from '../../registry/method-declaration.js';

/** What decorators need of a `ResilienceRegistry`. */
export interface PipelineSource {
  pipelineFor(declaration: MethodDeclaration): CompiledPipeline;
}
