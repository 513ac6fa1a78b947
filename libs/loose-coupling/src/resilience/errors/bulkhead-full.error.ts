import { RejectionError } from './rejection.error.js';

/** Thrown when as many calls run, and wait, as a bulkhead has room for; or when one has waited for `queueTimeout`. */
export class BulkheadFullError extends RejectionError {
  readonly code = 'LC_BULKHEAD_FULL';
  readonly statusCode = 503;
  readonly retryAfterMs: number | undefined = undefined;
  /** The work was certainly not called. */
  readonly notStarted = true;

  constructor(
    readonly policy: string,
    readonly limit: number,
    readonly reason: 'full' | 'queue-timeout',
  ) {
    super(
      reason === 'full'
        ? `The bulkhead "${policy}" is full: ${limit} calls run and no more may wait. Raise maxConcurrent or maxQueue, or call less.`
        : `The bulkhead "${policy}" had no room within queueTimeout: ${limit} calls run. Raise maxConcurrent or queueTimeout, or call less.`,
    );
  }
}
