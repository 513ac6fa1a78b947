import type { ErrorMatcher } from '../options/policy-options.js';

type ErrorClass = abstract new (...args: never[]) => Error;

const isErrorClass = (matcher: ErrorClass | ((error: unknown) => boolean)): matcher is ErrorClass =>
  matcher === Error || matcher.prototype instanceof Error;

/** Whether a fallback that is for `matcher` takes `error`. Without a matcher it takes all. */
export function matchesError(matcher: ErrorMatcher | undefined, error: unknown): boolean {
  if (matcher === undefined) return true;
  if (typeof matcher === 'function') return isErrorClass(matcher) ? error instanceof matcher : matcher(error);
  return matcher.some((errorClass) => error instanceof errorClass);
}
