import type { PolicyKind } from '../options/policy-options.js';
import { effectiveOptions } from '../parts/effective-options.js';
import type { LivePipeline } from '../parts/live-pipeline.js';

/** One policy of a pipeline, as it is in effect. */
export interface PolicyDescription {
  readonly kind: PolicyKind;
  /** The name that its state is shared under; absent: it is the pipeline's own. */
  readonly shared?: string;
  /** Defaults included; what is off is left out, and functions are only said to be there. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface PipelineDescription {
  /** `Class.method`, or the name of a policy. */
  readonly name: string;
  /** From the outside in. */
  readonly policies: readonly PolicyDescription[];
}

/** The pipelines of a registry, to read or to print. */
export class ResilienceDescription {
  constructor(readonly pipelines: readonly PipelineDescription[]) {}

  toString(): string {
    return this.pipelines.map(print).join('\n\n');
  }
}

export function describePipeline({ plan, order }: LivePipeline): PipelineDescription {
  const policies = order.flatMap((kind) => plan.policies.filter((policy) => policy.kind === kind));
  return {
    name: plan.name,
    policies: policies.map((policy) => ({
      kind: policy.kind,
      ...(policy.shared !== undefined && { shared: policy.shared }),
      options: effectiveOptions(policy) as Record<string, unknown>,
    })),
  };
}

function print({ name, policies }: PipelineDescription): string {
  const lines = policies.map(({ kind, shared, options }) => {
    const title = shared === undefined ? kind : `${kind} "${shared}"`;
    return [`  ${title}`, ...Object.entries(options).map(([option, value]) => `${option}=${printValue(value)}`)].join(
      ' ',
    );
  });
  return [name, ...(lines.length > 0 ? lines : ['  (no policies)'])].join('\n');
}

function printValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printValue).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const options = Object.entries(value).map(([option, inner]) => `${option}: ${printValue(inner)}`);
  return `{ ${options.join(', ')} }`;
}
