import type { PolicyKind, PolicyOptions } from '../options/policy-options.js';

/** A named policy with what it has from its bases, but not yet from the defaults. */
export interface ConfiguredPolicy {
  readonly options: PolicyOptions;
  readonly order: readonly PolicyKind[] | undefined;
}

/** The configuration, read: every base followed. */
export interface PolicyConfiguration {
  readonly policies: ReadonlyMap<string, ConfiguredPolicy>;
  readonly defaults: PolicyOptions;
  readonly chaos: boolean;
}
