import { CANONICAL_ORDER, type PolicyKind } from '../options/policy-options.js';
import { BreakerFrame } from './breaker-frame.js';
import { BulkheadFrame } from './bulkhead-frame.js';
import { CompiledLayers } from './compiled-layers.js';
import { canonicalRuns, effectiveOrder } from './effective-order.js';
import { Frame } from './frame.js';
import type { FrameParts } from './frame-parts.js';
import { HedgeLayer } from './hedge-layer.js';
import type { Layer } from './layer.js';
import type { PipelineEnvironment, PolicySet } from './policy-set.port.js';

/**
 * Compiles the policies of one method or pipeline. In canonical order they are one frame; a custom order is cut into
 * pieces that are, each around the next. A hedge stands between two frames, because it runs what is further in more than once.
 */
export function compilePipeline(
  set: PolicySet,
  environment: PipelineEnvironment,
  order?: readonly PolicyKind[],
): CompiledLayers {
  const effective = effectiveOrder(presentKinds(set), order);
  const runs = canonicalRuns(effective);
  let layer: Layer | undefined;
  for (let index = Math.max(0, runs.length - 1); index >= 0; index--) {
    layer = layerOf(runs[index] ?? [], set, environment, layer, index > 0);
  }
  return new CompiledLayers(layer ?? new Frame({ name: set.name }, environment, undefined, false), effective);
}

function presentKinds(set: PolicySet): ReadonlySet<PolicyKind> {
  const isPresent = (kind: PolicyKind) =>
    kind === 'fallback' ? (set.fallback?.length ?? 0) > 0 : set[kind] !== undefined;
  return new Set(CANONICAL_ORDER.filter(isPresent));
}

function layerOf(
  kinds: readonly PolicyKind[],
  set: PolicySet,
  environment: PipelineEnvironment,
  inner: Layer | undefined,
  nested: boolean,
): Layer {
  const { hedge } = set;
  const at = kinds.indexOf('hedge');
  if (hedge === undefined || at === -1) return frameOf(partsOf(set, kinds, kinds), environment, inner, nested);
  const upper = partsOf(set, kinds.slice(0, at), kinds);
  const lower = partsOf(set, kinds.slice(at + 1), []);
  const legs = new Frame(lower, environment, inner, true);
  return new Frame(upper, environment, new HedgeLayer(hedge, upper, environment, legs), nested);
}

/** The total deadline is outermost in the run that the timeout is in, also where a hedge cuts it. */
function partsOf(set: PolicySet, kinds: readonly PolicyKind[], run: readonly PolicyKind[]): FrameParts {
  const chosen = Object.fromEntries(kinds.map((kind) => [kind, set[kind]])) as Omit<FrameParts, 'name'>;
  return { ...chosen, name: set.name, ...(run.includes('timeout') && { deadline: set.timeout }) };
}

function frameOf(
  parts: FrameParts,
  environment: PipelineEnvironment,
  inner: Layer | undefined,
  nested: boolean,
): Layer {
  const frame = new Frame(parts, environment, inner, nested);
  const { name: _name, ...policies } = parts;
  if (inner !== undefined || nested || Object.keys(policies).length !== 1) return frame;
  const { circuitBreaker, bulkhead } = policies;
  if (circuitBreaker !== undefined) return new BreakerFrame(circuitBreaker, parts, environment, frame);
  if (bulkhead !== undefined) return new BulkheadFrame(bulkhead, parts, environment, frame);
  return frame;
}
