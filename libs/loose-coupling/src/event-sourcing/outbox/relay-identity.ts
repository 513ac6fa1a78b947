import { hostname } from 'node:os';
import { uuidv7 } from '../../kernel/index.js';

/** Names one relay of one process. */
export const relayIdentity = (): string => `${hostname()}/${process.pid}/${uuidv7()}`;

/**
 * Whether the process that holds a lease is known to be dead, so that a restarted service need not wait for the
 * lease to expire. When in doubt, no; when wrong, fencing still holds.
 */
export function holderIsGone(holder: string): boolean {
  const [host, pid] = holder.split('/');
  if (host !== hostname() || !(Number(pid) > 0)) return false;
  try {
    // Signal 0 only asks whether the process exists.
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === 'ESRCH';
  }
}
