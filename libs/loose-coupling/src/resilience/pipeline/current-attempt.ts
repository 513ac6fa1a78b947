import { AsyncLocalStorage } from 'node:async_hooks';
import type { AttemptContext } from './attempt.port.js';
import type { Attempt } from './attempt.js';

const KEY = Symbol.for('nestjs-loose-coupling:current-attempt');
type Holder = { [KEY]?: AsyncLocalStorage<Attempt> };

/** One storage per process, also when the package is loaded twice (CommonJS and ESM). */
export const attemptStorage = ((globalThis as Holder)[KEY] ??= new AsyncLocalStorage<Attempt>());

/**
 * The attempt that the code in progress belongs to: its number, and the signal that tells it to stop. Undefined outside of a
 * pipeline, and behind one that has neither retry, timeout, hedge nor a caller's signal: then nothing would abort it.
 */
export const currentAttempt = (): AttemptContext | undefined => attemptStorage.getStore();

/** Runs code as part of an attempt, or of none, whoever calls. */
export function runWithin<R>(attempt: Attempt | undefined, code: () => R): R {
  // `exit` would say the same for none, and is experimental.
  return attemptStorage.run(attempt as Attempt, code);
}
