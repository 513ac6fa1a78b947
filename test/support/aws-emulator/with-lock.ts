import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A lock this old, in milliseconds, was left behind by a process that was killed: what is done under it takes a minute at most. */
const STALE = 300_000;
const PAUSE = 100;

const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);

/** Runs `work` while no other process of this machine runs its own under the same lock. Blocks the thread. */
export function withLock<Result>(lock: string, work: () => Result): Result {
  mkdirSync(dirname(lock), { recursive: true });
  while (!take(lock)) pause();
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - made > STALE) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}
