/**
 * Makes an error without a stack trace. Ours are made inside this package, often, and by the thousand during an outage: their
 * traces would say nothing and cost ten times the refusal.
 */
export function stackless<E extends Error>(make: () => E): E {
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = 0;
  } catch {
    return make(); // frozen intrinsics: an expensive error is better than none
  }
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
