import type { PendingEntry } from './pending-entry.js';

/**
 * Keeps groups in order: of each, only the first entry is on its way, and the rest follows it in a chain. Two of a group never
 * share a call, because the service may refuse the first of them and take the second.
 */
export class GroupLanes<Item, Result> {
  private readonly lastOf = new Map<string, PendingEntry<Item, Result>>();

  /** Whether the entry may be sent now; otherwise it follows those of its group. */
  enter(entry: PendingEntry<Item, Result>): boolean {
    if (entry.group === undefined) return true;
    const last = this.lastOf.get(entry.group);
    this.lastOf.set(entry.group, entry);
    if (!last) return true;
    last.follower = entry;
    return false;
  }

  /** The first of a group is done with; the one behind it, if any, may be sent now. */
  leave(entry: PendingEntry<Item, Result>): PendingEntry<Item, Result> | undefined {
    if (entry.group === undefined) return undefined;
    const { follower } = entry;
    entry.follower = undefined;
    if (!follower) this.lastOf.delete(entry.group);
    return follower;
  }
}
