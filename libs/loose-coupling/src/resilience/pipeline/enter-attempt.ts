import { AsyncResource } from 'node:async_hooks';
import type { Attempt } from './attempt.js';
import { attemptStorage } from './current-attempt.js';
import { invoke } from './invoke.js';
import type { Method } from './layer.js';

type Enter = (attempt: Attempt, method: Method, self: unknown, args: readonly unknown[]) => Promise<unknown>;

export const enterByRun: Enter = (attempt, method, self, args) =>
  attemptStorage.run(attempt, invoke, method, self, args, attempt);

/** The resource remembers the context as it is, and goes back to it. */
export const enterByResource: Enter = (attempt, method, self, args) =>
  new AsyncResource('Attempt').runInAsyncScope(enter, undefined, attempt, method, self, args);

const enter: Enter = (attempt, method, self, args) => {
  attemptStorage.enterWith(attempt);
  return invoke(method, self, args, attempt);
};

// From Node 24 `run` copies all that the context holds into a Map twice: once to enter, and once to go back. Before, it copies nothing.
const runCopies = Number(process.versions.node.split('.')[0]) >= 24;

/** Calls the work as part of an attempt: what it begins belongs to that, and what its caller goes on to do does not. */
export const enterAttempt = runCopies ? enterByResource : enterByRun;
