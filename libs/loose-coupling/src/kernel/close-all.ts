/**
 * Closes one after another, also when one of them fails: what stays open keeps its sockets, and with them the process.
 * @throws what one failed with; when several did, an AggregateError with the message of the first, which is its cause, and all `errors`
 */
export async function closeInTurn(parts: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of parts) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  throwFailures(failures);
}

/** Closes all at once, and waits for each. @throws as `closeInTurn` */
export async function closeAtOnce(parts: Iterable<{ close(): unknown } | undefined>): Promise<void> {
  // Within a promise, so that the next is closed too when one throws.
  const ends = await Promise.allSettled(Array.from(parts, async (part) => part?.close()));
  throwFailures(ends.flatMap((end): unknown[] => (end.status === 'rejected' ? [end.reason] : [])));
}

/** Does nothing where there are none. @throws as `closeInTurn` */
export function throwFailures(failures: readonly unknown[]): void {
  if (failures.length === 0) return;
  const [cause] = failures;
  if (failures.length === 1) throw cause;
  throw new AggregateError(failures, cause instanceof Error ? cause.message : String(cause), { cause });
}
