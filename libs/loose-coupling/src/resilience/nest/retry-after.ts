/** The value of a Retry-After header: whole seconds, never too early, at least 1. Undefined when nobody can say. */
export function retryAfterSeconds(retryAfterMs: number | undefined): string | undefined {
  if (retryAfterMs === undefined || !Number.isFinite(retryAfterMs)) return undefined;
  return String(Math.max(1, Math.ceil(retryAfterMs / 1_000)));
}
