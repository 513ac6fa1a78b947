/** One machine for each key, for circuit breaker, bulkhead and rate limit. What is kept is bounded. */
export interface KeyOptions {
  /** The key of a call, from its arguments: `key: ([tenant]: [string]) => tenant`. Default: one machine for all calls. */
  key?(args: readonly unknown[]): string;
  /** Keys that have a machine of their own. Default 10,000. */
  readonly maxKeys?: number;
  /** A key that nobody has used for this long, in milliseconds, starts anew. Default 3,600,000. */
  readonly keyTtl?: number;
}
