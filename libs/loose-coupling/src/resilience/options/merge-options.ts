import type { PolicyKind, PolicyOptions } from './policy-options.js';

/**
 * Options of one policy, those of `own` before those of `base`, name by name. What is deeper (a window, a budget, a chain of
 * fallbacks) is taken whole.
 */
export function mergeOptions<K extends PolicyKind>(
  kind: K,
  base: PolicyOptions[K] | undefined,
  own: PolicyOptions[K] | undefined,
): PolicyOptions[K] | undefined {
  if (base === undefined || own === undefined) return own ?? base;
  if (Array.isArray(base) || Array.isArray(own)) return own;
  const given = Object.entries(asRecord(kind, own)).filter(([, value]) => value !== undefined);
  return { ...asRecord(kind, base), ...Object.fromEntries(given) } as PolicyOptions[K];
}

/** The shorthands are numbers. */
function asRecord(kind: PolicyKind, options: unknown): object {
  if (typeof options !== 'number') return Object(options) as object;
  return kind === 'timeout' ? { attempt: options } : { maxConcurrent: options };
}
