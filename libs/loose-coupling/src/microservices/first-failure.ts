import { isLooseCouplingError } from '../kernel/index.js';

/** Of several handlers of one event: the failure that decides. A handler that discards speaks for itself alone. */
export function firstFailure(ends: readonly PromiseSettledResult<unknown>[]): PromiseRejectedResult | undefined {
  const failures = ends.filter((end) => end.status === 'rejected');
  const real = failures.find(({ reason }) => !isLooseCouplingError(reason, 'LC_DISCARD'));
  return real ?? (failures.length === ends.length ? failures[0] : undefined);
}
