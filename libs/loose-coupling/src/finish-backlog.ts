import { sleep, SystemClock } from './kernel/index.js';

/** What is left to handle. */
export interface Backlog {
  /** Messages that could be received, or published, now. */
  readonly waiting: number;
  /** Messages that handlers have. */
  readonly inHand: number;
}

const LOOK_AGAIN = 5;
/** Nobody takes what has been waiting for this long. */
const STALLED = 250;

/**
 * Resolves when nothing is left, or after `timeout` milliseconds; to what is left of those. Real time, as the process
 * is about to end, whatever clock the application has.
 */
export async function finishBacklog(look: () => Promise<Backlog>, timeout: number): Promise<number> {
  const clock = new SystemClock();
  const end = clock.monotonic() + timeout;
  let movedAt = clock.monotonic();
  let before = 0;
  for (let quietLooks = 0; ;) {
    const { waiting, inHand } = await look();
    const now = clock.monotonic();
    if (inHand > 0 || waiting !== before) movedAt = now;
    before = waiting;
    quietLooks = waiting + inHand === 0 ? quietLooks + 1 : 0;
    // The first look may fall between a message's way out of the queue and into its handler.
    if (quietLooks === 2 || now >= end || now - movedAt > STALLED) return Math.max(0, end - now);
    await sleep(clock, quietLooks > 0 ? 0 : LOOK_AGAIN);
  }
}
