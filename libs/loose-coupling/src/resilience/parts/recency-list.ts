import type { SlotEntry } from './slot-entry.js';

/** Entries from the least to the most recently used, linked through their own fields. */
export class RecencyList<E extends SlotEntry<unknown>> {
  oldest: E | undefined = undefined;
  private newest: E | undefined = undefined;

  add(entry: E): void {
    entry.older = this.newest;
    entry.newer = undefined;
    if (this.newest === undefined) this.oldest = entry;
    else this.newest.newer = entry;
    this.newest = entry;
  }

  remove(entry: E): void {
    const { older, newer } = entry;
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.newest = older;
    else newer.older = older;
    entry.older = undefined;
    entry.newer = undefined;
  }

  moveToEnd(entry: E): void {
    if (entry === this.newest) return;
    this.remove(entry);
    this.add(entry);
  }
}
