import { isLooseCouplingError } from '../../../kernel/index.js';
import { readProperty } from './read-property.js';

/** No connection was made, so nothing can have been sent: by Node's sockets and resolver, and by undici (fetch). */
const NOT_CONNECTED = new Set<unknown>(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
/** These come from established connections too. */
const NO_ROUTE = new Set<unknown>(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ECONNRESET']);
/** Causes in a circle, or an error of a thousand errors, must not take long. */
const MOST_VISITS = 32;

/**
 * Whether the work certainly had no effect: no connection was made, or an error says so itself (`notStarted: true`).
 * Looks through causes; of an AggregateError (one error for each address tried) every part must say so.
 */
export function isKnownNotStarted(error: unknown): boolean {
  let visits = 0;
  const judge = (candidate: unknown): boolean => {
    if (candidate === undefined || ++visits > MOST_VISITS) return false;
    // An error of ours speaks of the call that it comes from, which this work had begun to make.
    if (readProperty(candidate, 'notStarted') === true) return !isLooseCouplingError(candidate);
    const code = readProperty(candidate, 'code');
    if (NOT_CONNECTED.has(code)) return true;
    if (NO_ROUTE.has(code) && readProperty(candidate, 'syscall') === 'connect') return true;
    const parts = readProperty(candidate, 'errors');
    // A copy without holes, which `every` would skip.
    if (Array.isArray(parts) && parts.length > 0) return Array.from(parts.slice(0, MOST_VISITS + 1)).every(judge);
    return judge(readProperty(candidate, 'cause'));
  };
  try {
    return judge(error);
  } catch {
    return false; // a proxy that throws
  }
}
