import type { EntryResult } from '../core/message-queue.js';

/**
 * Prepares entries and sends those that could be prepared; the results of all, in their order. What cannot be prepared is
 * refused for good, and keeps no other from being sent.
 */
export async function settleEntries<Entry, Prepared, Success>(
  entries: readonly Entry[],
  prepare: (entry: Entry) => Prepared,
  send: (prepared: readonly Prepared[]) => Promise<EntryResult<Success>[]>,
): Promise<EntryResult<Success>[]> {
  const refused = new Map<number, EntryResult<never>>();
  const prepared = entries.flatMap((entry, index) => {
    try {
      return [prepare(entry)];
    } catch (error) {
      refused.set(index, { ok: false, error: error as Error, permanent: true });
      return [];
    }
  });
  const sent = prepared.length > 0 ? (await send(prepared)).values() : [].values();
  return entries.map((_, index) => refused.get(index) ?? (sent.next().value as EntryResult<Success>));
}

/** The value of the only entry. @throws what it was refused with */
export function onlyValue<Success>([result]: readonly EntryResult<Success>[]): Success {
  if (result?.ok) return result.value;
  throw result?.error ?? new Error('The transport gave no result for an entry');
}
