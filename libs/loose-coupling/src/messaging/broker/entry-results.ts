import { isLooseCouplingError } from '../../kernel/index.js';
import type { EntryResult } from '../core/message-queue.js';

export const accepted = <Success>(value: Success): EntryResult<Success> => ({ ok: true, value });

export const refused = (error: Error, permanent: boolean): EntryResult<never> => ({ ok: false, error, permanent });

/** Result of an entry that cannot be taken as it is; other errors are not the entry's and pass. */
export function refusedBy(error: unknown): EntryResult<never> {
  if (!isLooseCouplingError(error)) throw error;
  return refused(error, true);
}

/** Results of entries that share a transaction. One that fails as a whole is the fate of each, so callers treat both alike. */
export async function settleEntries<Success>(
  count: number,
  write: () => Promise<EntryResult<Success>[]>,
): Promise<EntryResult<Success>[]> {
  try {
    return await write();
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const permanent = isLooseCouplingError(error) && error.code !== 'LC_DATABASE_BUSY';
    return Array.from({ length: count }, () => refused(error, permanent));
  }
}
