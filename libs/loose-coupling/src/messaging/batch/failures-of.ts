import { isLooseCouplingError } from '../../kernel/index.js';
import type { BatchFailure } from './batch-options.js';

/**
 * The errors of a batch by message id, from what its handler returned or threw. What names a message that is not in the batch, or cannot be
 * understood, fails all of them: better once more than never.
 */
export function failuresOf(ids: readonly string[], returned: unknown, thrown?: unknown): ReadonlyMap<string, unknown> {
  const all = (error: unknown) => new Map(ids.map((id) => [id, error]));
  if (thrown !== undefined && !isLooseCouplingError(thrown, 'LC_BATCH_FAILED')) return all(thrown);
  const failures: unknown = thrown === undefined ? returned : (thrown as { failures?: unknown }).failures;
  if (failures === undefined || failures === null) return new Map();
  if (!Array.isArray(failures))
    return all(new TypeError('A handler of batches returns nothing, or a list of { id, error }.'));
  const known = new Set(ids);
  const found = new Map<string, unknown>();
  for (const failure of failures as readonly (BatchFailure | undefined)[]) {
    if (!failure || !known.has(failure.id)) {
      return all(
        new TypeError(`A failure names ${JSON.stringify(failure?.id)}, which is the id of no message of the batch.`),
      );
    }
    found.set(failure.id, failure.error ?? new Error('The handler did not say why.'));
  }
  return found;
}
