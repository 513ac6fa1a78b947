import type { PolicyKind, PolicyOptions, RetryOptions } from '../../options/policy-options.js';
import { compilePipeline } from '../../pipeline/compile-pipeline.js';
import type { CompiledPipeline, PolicySet } from '../../pipeline/policy-set.port.js';
import { PipelineRig } from '../../pipeline/testing/pipeline-rig.js';
import type { MethodDeclaration } from '../../registry/method-declaration.js';

/** Compiles what is declared with machines of its own, as a registry without a configuration does. */
export class RigRegistry {
  readonly rig = new PipelineRig();
  readonly declarations: MethodDeclaration[] = [];

  pipelineFor(declaration: MethodDeclaration): CompiledPipeline {
    this.declarations.push(declaration);
    return compilePipeline(this.setOf(declaration), this.rig, declaration.order);
  }

  private setOf({ name, policies }: MethodDeclaration): PolicySet {
    const parts = policies.map(({ kind, options }) => [kind, this.partOf(kind, options)]);
    return { name, ...(Object.fromEntries(parts) as Omit<PolicySet, 'name'>) };
  }

  private partOf(kind: PolicyKind, given: unknown): unknown {
    const { rig } = this;
    switch (kind) {
      case 'fallback':
        return (given as NonNullable<PolicyOptions['fallback']> as object[]).map((options) => ({
          name: kind,
          ...options,
        }));
      case 'retry': {
        const { maxAttempts = 3, retryIfResult } = given as RetryOptions;
        return rig.retry(maxAttempts, { retryIfResult });
      }
      case 'circuitBreaker':
        return rig.breaker(given as object);
      case 'bulkhead':
        return typeof given === 'number'
          ? rig.bulkhead(given)
          : rig.bulkhead((given as { maxConcurrent: number }).maxConcurrent, 100);
      case 'timeout':
        return { name: kind, ...(typeof given === 'number' ? { attempt: given } : (given as object)) };
      default:
        return { name: kind, options: given, ...(given as object) };
    }
  }
}
