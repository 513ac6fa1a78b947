import { FakeClock } from '../../../testing/fake-clock.js';
import type { CompiledPipeline } from '../../pipeline/policy-set.port.js';
import type { MethodDeclaration } from '../../registry/method-declaration.js';
import { ResilienceRegistry } from '../../registry/resilience-registry.js';

/** A registry on a clock of its own that notes what it was asked for. */
export class ClockedRegistry extends ResilienceRegistry {
  readonly declarations: MethodDeclaration[] = [];

  constructor(readonly time = new FakeClock()) {
    super({ clock: time, random: () => 0.5 });
  }

  override pipelineFor(declaration: MethodDeclaration): CompiledPipeline {
    this.declarations.push(declaration);
    return super.pipelineFor(declaration);
  }
}
