import { readProperty } from '../retry/read-property.js';

/** Too many requests, unavailable, gateway timeout. */
const STATUSES = new Set<unknown>([429, 503, 504]);
/** Our own errors and most others, the AWS SDK. */
const STATUS_KEYS = ['status', 'statusCode', 'httpStatusCode'];
/** Of Node's sockets, of axios, and of undici (fetch). */
const CODES = new Set<unknown>([
  'ETIMEDOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
/** Of AbortSignal.timeout and the AWS SDK. */
const NAMES = /^TimeoutError$|Throttl|TooManyRequests|SlowDown|ServiceUnavailable|RequestLimitExceeded/;

/**
 * Whether an error is a sign of too much load, which is what an adaptive limit has to shrink for: a timeout, a dropped connection, a
 * status that says so. A "not found" is an answer like any other.
 */
export function isOverload(error: unknown): boolean {
  const name = readProperty(error, 'name');
  return (
    CODES.has(readProperty(error, 'code')) ||
    CODES.has(readProperty(readProperty(error, 'cause'), 'code')) ||
    (typeof name === 'string' && NAMES.test(name)) ||
    [error, readProperty(error, 'response'), readProperty(error, '$metadata')].some((holder) =>
      STATUS_KEYS.some((key) => STATUSES.has(readProperty(holder, key))),
    )
  );
}
