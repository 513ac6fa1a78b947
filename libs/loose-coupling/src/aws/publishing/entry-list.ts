import type { PendingEntry } from './pending-entry.js';

/** A queue of entries that knows what they weigh; constant time at both ends, and nothing is moved. */
export class EntryList<Item, Result> {
  first: PendingEntry<Item, Result> | undefined;
  length = 0;
  bytes = 0;
  private last: PendingEntry<Item, Result> | undefined;

  push(entry: PendingEntry<Item, Result>): void {
    if (this.last) this.last.next = entry;
    else this.first = entry;
    this.last = entry;
    this.length += 1;
    this.bytes += entry.bytes;
  }

  unshift(entry: PendingEntry<Item, Result>): void {
    entry.next = this.first;
    this.first = entry;
    this.last ??= entry;
    this.length += 1;
    this.bytes += entry.bytes;
  }

  shift(): PendingEntry<Item, Result> | undefined {
    const entry = this.first;
    if (!entry) return undefined;
    this.first = entry.next;
    if (!this.first) this.last = undefined;
    entry.next = undefined;
    this.length -= 1;
    this.bytes -= entry.bytes;
    return entry;
  }
}
