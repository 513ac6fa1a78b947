type ErrorClass = abstract new (...args: never[]) => Error;

/** Apart from a predicate. */
export const isErrorClass = (matcher: unknown): matcher is ErrorClass =>
  matcher === Error || (typeof matcher === 'function' && matcher.prototype instanceof Error);
