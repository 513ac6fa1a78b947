import { CANONICAL_ORDER, type PolicyKind } from '../options/policy-options.js';

const rank = (kind: PolicyKind): number => CANONICAL_ORDER.indexOf(kind);

/** The kinds that are there, from the outside in. One that a custom order leaves out goes where it would be among the others. */
export function effectiveOrder(present: ReadonlySet<PolicyKind>, order?: readonly PolicyKind[]): readonly PolicyKind[] {
  if (order === undefined) return CANONICAL_ORDER.filter((kind) => present.has(kind));
  const effective = [...new Set(order)].filter((kind) => present.has(kind));
  for (const kind of CANONICAL_ORDER) {
    if (!present.has(kind) || effective.includes(kind)) continue;
    const next = effective.findIndex((other) => rank(other) > rank(kind));
    effective.splice(next === -1 ? effective.length : next, 0, kind);
  }
  return effective;
}

/** Cuts an order into the fewest pieces that are each in canonical order. */
export function canonicalRuns(order: readonly PolicyKind[]): readonly (readonly PolicyKind[])[] {
  const runs: PolicyKind[][] = [];
  let last = Infinity;
  for (const kind of order) {
    if (rank(kind) < last) runs.push([]);
    runs.at(-1)?.push(kind);
    last = rank(kind);
  }
  return runs;
}
