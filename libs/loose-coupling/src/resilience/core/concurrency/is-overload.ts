import { isLooseCouplingError } from '../../../kernel/index.js';
import { readProperty } from '../retry/read-property.js';

/** Too many requests, unavailable, gateway timeout. */
const STATUSES = new Set<unknown>([429, 503, 504]);
const CODES = new Set<unknown>([
  'ETIMEDOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
const THROTTLING = /Throttl|TooManyRequests|SlowDown|ServiceUnavailable|RequestLimitExceeded/;

/**
 * Whether an error is a sign of too much load, which is what an adaptive limit has to shrink for: a timeout, a dropped connection, a
 * status that says so. A "not found" is an answer like any other.
 */
export function isOverload(error: unknown): boolean {
  try {
    if (isLooseCouplingError(error, 'LC_OPERATION_TIMEOUT')) return true;
  } catch {
    return false; // a proxy that throws
  }
  if (CODES.has(readProperty(error, 'code')) || THROTTLING.test(String(readProperty(error, 'name') ?? ''))) return true;
  const statuses = [error, readProperty(error, 'response'), readProperty(error, '$metadata')].flatMap((holder) =>
    ['status', 'statusCode', 'httpStatusCode'].map((key) => readProperty(holder, key)),
  );
  return (
    statuses.some((status) => STATUSES.has(status)) ||
    (readProperty(error, 'cause') !== undefined && isOverloadCause(error))
  );
}

const isOverloadCause = (error: unknown): boolean => CODES.has(readProperty(readProperty(error, 'cause'), 'code'));
