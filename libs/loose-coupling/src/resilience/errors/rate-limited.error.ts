import { RejectionError } from './rejection.error.js';

/** Thrown when a rate limit has no call left, within `maxWait`. */
export class RateLimitedError extends RejectionError {
  readonly code = 'LC_RATE_LIMITED';
  readonly statusCode = 429;

  constructor(
    readonly policy: string,
    readonly retryAfterMs: number,
  ) {
    super(`The rate limit "${policy}" is used up; try again in ${Math.ceil(retryAfterMs)} ms.`);
  }
}
