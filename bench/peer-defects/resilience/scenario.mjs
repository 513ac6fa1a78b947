import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

export function deferred() {
  let settle;
  const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
  return { promise, ...settle };
}

/** What came of it by now: `pending`, or how it settled. */
export async function settledWithin(promise, ms) {
  const given = promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  return (await Promise.race([given, sleep(ms)])) ?? { pending: true };
}

/** The error of a call that fails; a call that throws instead of rejecting counts too. */
export async function errorOf(work) {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The peers read `Date.now()`, which nobody can inject, so that hours pass only by changing it. */
export async function withMovableClock(work) {
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now.call(Date) + ahead;
  try {
    return await work((ms) => (ahead += ms));
  } finally {
    Date.now = now;
  }
}

export const fail = (message = 'The dependency is down.') => Promise.reject(new Error(message));

/** What TypeScript does with `@decorator` above a method. */
export function decorate(target, key, decorator) {
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, decorator(target, key, descriptor) ?? descriptor);
}
