import { sameOptions } from '../options/same-options.js';
import type { PolicyKind } from '../options/policy-options.js';
import { compilePipeline } from '../pipeline/compile-pipeline.js';
import type { CompiledLayers } from '../pipeline/compiled-layers.js';
import type { Layer } from '../pipeline/layer.js';
import { PipelineEntrance } from '../pipeline/pipeline-entrance.js';
import type { PolicySet } from '../pipeline/policy-set.port.js';
import type { OptionsOf } from './live-part.js';
import { LivePolicies, type LiveEnvironment } from './live-policies.js';
import type { PipelinePlan } from './pipeline-plan.js';

/** Finds the policies that methods share. */
export type FindShared = (name: string) => LivePolicies;

const NOTHING_SHARED: FindShared = (name) => {
  throw new TypeError(`Nothing is shared under "${name}"`);
};

/**
 * A compiled pipeline that is compiled anew when its plan changes. A call goes on with what it began with; the state of breakers, bulkheads
 * and limits is the same before and after.
 */
export class LivePipeline extends PipelineEntrance {
  readonly own: LivePolicies;
  private set: PolicySet;
  private compiled: CompiledLayers;

  constructor(
    private planned: PipelinePlan,
    private readonly environment: LiveEnvironment,
    private readonly findShared: FindShared = NOTHING_SHARED,
  ) {
    super();
    this.own = new LivePolicies(planned.name, false, environment);
    this.set = this.assemble(planned);
    this.compiled = compilePipeline(this.set, environment.pipelines, planned.order);
  }

  get plan(): PipelinePlan {
    return this.planned;
  }

  get order(): readonly PolicyKind[] {
    return this.compiled.order;
  }

  protected get outermost(): Layer {
    return this.compiled.outermost;
  }

  /** Answers whether anything has changed. */
  follow(plan: PipelinePlan): boolean {
    const set = this.assemble(plan);
    const before = this.planned.order;
    this.planned = plan;
    if (isSameSet(set, this.set) && sameOptions(before, plan.order)) return false;
    this.compiled = compilePipeline(set, this.environment.pipelines, plan.order);
    this.set = set;
    return true;
  }

  private assemble(plan: PipelinePlan): PolicySet {
    const parts = plan.policies.map(({ kind, shared, options, key }) => {
      // Answers of different methods are different: a cache shares its options, not its content.
      const policies = shared === undefined || kind === 'cache' ? this.own : this.findShared(shared);
      return [kind, policies.part(kind, options as OptionsOf<typeof kind>, key)] as const;
    });
    return { name: plan.name, ...Object.fromEntries(parts) };
  }
}

function isSameSet(left: PolicySet, right: PolicySet): boolean {
  const kinds = new Set([...Object.keys(left), ...Object.keys(right)]) as Set<keyof PolicySet>;
  return [...kinds].every((kind) => left[kind] === right[kind]);
}
