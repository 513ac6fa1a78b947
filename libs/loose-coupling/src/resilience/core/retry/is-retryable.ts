import { isLooseCouplingError } from '../../../kernel/index.js';
import { readProperty } from './read-property.js';

/** Refused on purpose, or closed: trying again is what they are there to prevent. */
const OUR_REFUSALS = new Set<unknown>(['LC_CIRCUIT_OPEN', 'LC_BULKHEAD_FULL', 'LC_RATE_LIMITED', 'LC_CLOSED']);
/** Given up by the caller: of the DOM and Node, and of axios. */
const ABORT_CODES = new Set<unknown>(['ABORT_ERR', 'ERR_CANCELED']);

/** Every error but our own rejections, ClosedError, and aborts (unless it was our timeout that aborted). */
export function isRetryableByDefault(error: unknown): boolean {
  if (isOurs(error)) return !OUR_REFUSALS.has(readProperty(error, 'code'));
  return !isAbort(error) || isOurs(readProperty(error, 'cause'), 'LC_OPERATION_TIMEOUT');
}

function isAbort(error: unknown): boolean {
  return readProperty(error, 'name') === 'AbortError' || ABORT_CODES.has(readProperty(error, 'code'));
}

function isOurs(error: unknown, code?: string): boolean {
  try {
    return isLooseCouplingError(error, code);
  } catch {
    return false; // a proxy that throws
  }
}
