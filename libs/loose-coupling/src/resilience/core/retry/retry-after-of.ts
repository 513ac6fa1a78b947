import { clampWait, parseRetryAfter } from './parse-retry-after.js';
import { readProperty } from './read-property.js';

/** Where errors keep the response: themselves, axios and got, the AWS SDK. */
const RESPONSES = ['response', '$response'];

/**
 * Milliseconds that an error asks to wait: its `retryAfterMs` (ours have it), or the Retry-After among the headers of the error
 * or its response. Never throws, whatever the error is made of.
 */
export function retryAfterOf(error: unknown, wallClockNow: number): number | undefined {
  try {
    const own = readProperty(error, 'retryAfterMs');
    let found = typeof own === 'number' ? clampWait(own) : undefined;
    for (const holder of [error, ...RESPONSES.map((key) => readProperty(error, key))]) {
      found ??= parseRetryAfter(retryAfterHeader(readProperty(holder, 'headers')), wallClockNow);
    }
    return found;
  } catch {
    return undefined; // a proxy or a `get` that throws
  }
}

/** From a plain object, as Node's, or from a `Headers`. */
function retryAfterHeader(headers: unknown): unknown {
  const get = readProperty(headers, 'get');
  const value =
    readProperty(headers, 'retry-after') ??
    readProperty(headers, 'Retry-After') ??
    (typeof get === 'function' ? Reflect.apply(get, headers, ['retry-after']) : undefined);
  return Array.isArray(value) ? value[0] : value;
}
