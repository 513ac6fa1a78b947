import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { uuidv7 } from '../../kernel/index.js';

/** Names one relay of one process. */
export const relayIdentity = (): string => [...processSpace(), process.pid, uuidv7()].join('/');

/**
 * Whether the process that holds a lease is known to be dead, so that a restarted service need not wait for the
 * lease to expire. When in doubt, no; when wrong, fencing still holds.
 */
export function holderIsGone(holder: string): boolean {
  const space = `${processSpace().join('/')}/`;
  if (!holder.startsWith(space)) return false;
  const pid = Number(holder.slice(space.length).split('/')[0]);
  if (!(pid > 0)) return false;
  try {
    // Signal 0 only asks whether the process exists.
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === 'ESRCH';
  }
}

/** Where a process id means the same process: containers may share a host name, and a machine starts again. */
const processSpace = (): readonly string[] =>
  (space ??= [
    hostname(),
    known(() => readlinkSync('/proc/self/ns/pid')),
    known(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  ]);

let space: readonly string[] | undefined;

/** Only Linux tells. */
function known(read: () => string): string {
  try {
    return read();
  } catch {
    return '-';
  }
}
