import { backoffDelay, type Clock, isLooseCouplingError, sleep } from '../../kernel/index.js';

/** How long a lock is waited for, in milliseconds. */
const PATIENCE = 5_000;
const BACKOFF = { initialDelay: 2, maxDelay: 200, jitter: 'equal' } as const;

/** How long receives leave a lock alone that one of them met, in milliseconds. */
export const LOCK_PAUSE = 100;

/** Whether the lock of the file was held by others: nothing was done, and trying again soon may help. */
export const isBusy = (error: unknown): boolean => isLooseCouplingError(error, 'LC_DATABASE_BUSY');

/**
 * Runs `work`, the first time at once, until the file is not locked. Waits without blocking the thread.
 * @throws {DatabaseBusyError} when the file stayed locked for some five seconds; other errors of `work` at once
 */
export async function retryWhileBusy<Result>(clock: Clock, work: () => Result): Promise<Result> {
  const end = clock.monotonic() + PATIENCE;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || clock.monotonic() >= end) throw error;
      await sleep(clock, Math.ceil(backoffDelay(attempt, BACKOFF)));
    }
  }
}
