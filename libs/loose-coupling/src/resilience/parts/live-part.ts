import type { PolicyKind, PolicyOptions } from '../options/policy-options.js';
import type { PolicySet } from '../pipeline/policy-set.port.js';

/** What a pipeline holds of one kind. */
export type PartOf<K extends PolicyKind> = NonNullable<PolicySet[K]>;
/** Options that are there and have been checked. */
export type OptionsOf<K extends PolicyKind> = NonNullable<PolicyOptions[K]>;
export type KeyOf = ((args: readonly unknown[]) => string) | undefined;

/** A policy that lives on when its options change. */
export interface LivePart<K extends PolicyKind> {
  /** Takes options and keeps the state. */
  configure(options: OptionsOf<K>): void;
  /** For one method. */
  part(key: KeyOf): PartOf<K>;
}
