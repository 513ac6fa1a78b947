import type { PolicyKind } from '../options/policy-options.js';
import type { KeyOf, OptionsOf } from './live-part.js';

/** One policy of a method, decided: whose state it uses, with which options. */
export interface PlannedPolicy<K extends PolicyKind = PolicyKind> {
  readonly kind: K;
  /** The name that it is shared under; undefined: the method's own. */
  readonly shared: string | undefined;
  /** All layers of the configuration, merged and checked; without the built-in defaults. */
  readonly options: OptionsOf<K>;
  readonly key: KeyOf;
}

export interface PipelinePlan {
  /** `Class.method`, or the name given to a pipeline. */
  readonly name: string;
  readonly policies: readonly PlannedPolicy[];
  readonly order: readonly PolicyKind[] | undefined;
}
