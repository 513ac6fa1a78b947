import { withAllTenants, type EventStore } from '../../event-sourcing/runtime.js';

/**
 * Where the feed ends now, in as many reads as its length has binary digits, twice: a reader that is interested in what comes need not read what
 * was.
 */
export async function endOfFeed(store: EventStore): Promise<number> {
  const hasAfter = async (afterPosition: number): Promise<boolean> => {
    const next = { afterPosition, limit: 1, onUnreadable: () => undefined };
    for await (const _ of withAllTenants(() => store.readAll(next))) return true;
    return false;
  };
  let below = 0;
  let above = 1;
  if (!(await hasAfter(0))) return 0;
  while (await hasAfter(above)) {
    below = above;
    above *= 2;
  }
  // There is something after `below`, and nothing after `above`.
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (await hasAfter(middle)) below = middle;
    else above = middle;
  }
  return above;
}
