import { backoffDelay, isLooseCouplingError, sleep, type Clock } from '../../kernel/index.js';

export interface RetryOptions {
  /** How often to begin again when somebody else was faster. Default 5. */
  readonly retries?: number;
}

/** Milliseconds. */
const BACKOFF = { initialDelay: 4, maxDelay: 250, jitter: 'full' } as const;

/** Runs `work` again while its save meets a version that somebody else has changed. */
export async function retryConflicts<Result>(
  work: () => Promise<Result>,
  clock: Clock,
  { retries = 5 }: RetryOptions = {},
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt > retries || !isLooseCouplingError(error, 'LC_WRONG_EXPECTED_VERSION')) throw error;
      await sleep(clock, backoffDelay(attempt, BACKOFF));
    }
  }
}
