import type { PolicyKind } from '../options/policy-options.js';
import type { Layer } from './layer.js';
import { PipelineEntrance } from './pipeline-entrance.js';

/** Layers that stay as they are. */
export class CompiledLayers extends PipelineEntrance {
  constructor(
    readonly outermost: Layer,
    readonly order: readonly PolicyKind[],
  ) {
    super();
  }
}
