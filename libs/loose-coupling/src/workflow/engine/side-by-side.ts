/**
 * Runs branches side by side. When one fails the signal of the others is aborted, so that none of them begins or waits for more; what is being
 * done is done to its end. Rejects with the first failure, when all have ended.
 */
export async function sideBySide(
  outer: AbortSignal,
  branches: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const inner = new AbortController();
  const stop = () => inner.abort(outer.reason);
  if (outer.aborted) stop();
  outer.addEventListener('abort', stop, { once: true });
  const failures: unknown[] = [];
  try {
    await Promise.all(
      branches.map(async (branch) => {
        try {
          await branch(inner.signal);
        } catch (error) {
          failures.push(error);
          inner.abort(error);
        }
      }),
    );
  } finally {
    outer.removeEventListener('abort', stop);
  }
  if (failures.length > 0) throw failures[0];
}
