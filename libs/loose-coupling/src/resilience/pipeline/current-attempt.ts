import { AsyncLocalStorage } from 'node:async_hooks';
import type { AttemptContext } from './attempt.port.js';
import type { Attempt } from './attempt.js';

const KEY = Symbol.for('nestjs-loose-coupling:current-attempt');
type Holder = { [KEY]?: AsyncLocalStorage<Attempt> };

/** One storage per process, also when the package is loaded twice (CommonJS and ESM). */
export const attemptStorage = ((globalThis as Holder)[KEY] ??= new AsyncLocalStorage<Attempt>());

/** The innermost attempt around the code in progress whose work has not settled yet. */
export function attemptInProgress(): Attempt | undefined {
  let attempt = attemptStorage.getStore();
  while (attempt?.isOver) attempt = attempt.scope?.parent ?? attempt.outer;
  return attempt;
}

/**
 * The attempt that the code in progress belongs to: its number, and the signal that tells it to stop. Undefined outside of a
 * pipeline, and behind one that has neither retry, timeout, hedge nor a caller's signal: then nothing would abort it. What outlives the
 * work that began it, such as a connection, belongs to no attempt from then on.
 */
export const currentAttempt = (): AttemptContext | undefined => attemptInProgress();

/**
 * Runs `code` as part of no attempt, and answers what it answers. Calls made in an attempt that was cancelled fail with the reason of
 * that; what has to be done all the same, such as undoing what the attempt began, is done in here:
 *
 *     catch (error) { await detached(() => this.payments.refund(id)); throw error; }
 */
export function detached<R>(code: () => R): R {
  return runWithin(undefined, code);
}

/** Runs code as part of an attempt, or of none, whoever calls. */
export function runWithin<R>(attempt: Attempt | undefined, code: () => R): R {
  // `exit` would say the same for none, and is experimental.
  return attemptStorage.run(attempt as Attempt, code);
}
