import { isErrorClass } from '../options/is-error-class.js';
import type { ErrorMatcher } from '../options/policy-options.js';

/** Whether a fallback that is for `matcher` takes `error`. Without a matcher it takes all. */
export function matchesError(matcher: ErrorMatcher | undefined, error: unknown): boolean {
  if (matcher === undefined) return true;
  try {
    if (typeof matcher !== 'function') return matcher.some((errorClass) => error instanceof errorClass);
    return isErrorClass(matcher) ? error instanceof matcher : matcher(error);
  } catch {
    return false; // what the caller gets is the error, and not that of a predicate
  }
}
