import type { KeyOptions } from '../options/key.options.js';
import type { PolicyKind, PolicyOptions } from '../options/policy-options.js';
import type { DeclaredPolicy } from '../registry/method-declaration.js';

/** Of the policies that have a memory: whose it is. */
export interface SharedPolicyOptions extends KeyOptions {
  /** One machine for all methods that say this name; a configured policy of this name wins over the options given here. Default: the method's own. */
  readonly name?: string;
}

/** A string is the name of a shared policy. */
export function declarePolicy<K extends PolicyKind>(kind: K, given: string | PolicyOptions[K]): DeclaredPolicy<K> {
  return typeof given === 'string' ? { kind, name: given } : { kind, options: given };
}

/** The same for what may be named and keyed beside its options. */
export function declareSharedPolicy<K extends PolicyKind>(
  kind: K,
  given: string | number | (PolicyOptions[K] & SharedPolicyOptions),
): DeclaredPolicy<K> {
  if (typeof given !== 'object') return declarePolicy(kind, given as string | PolicyOptions[K]);
  const { name, key, ...rest } = given as object & SharedPolicyOptions;
  // A name alone refers to a policy that is configured, or given elsewhere.
  const options = name !== undefined && Object.keys(rest).length === 0 ? {} : { options: rest as PolicyOptions[K] };
  return { kind, ...(name !== undefined && { name }), ...(key && { key }), ...options };
}
