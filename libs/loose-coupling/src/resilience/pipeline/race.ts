import type { Attempt } from './attempt.js';

/**
 * The work's result, or the reason that the attempt is cancelled with, whichever is first. The work's promise is handled
 * either way. The promise's own functions are passed on as they are: V8 follows those when it builds an asynchronous stack trace.
 */
export function race(attempt: Attempt, work: Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (attempt.cancelled) reject(attempt.reason);
    else attempt.interrupt = reject;
    work.then(resolve, reject);
  });
}
