import { EntryList } from './entry-list.js';
import type { PendingEntry } from './pending-entry.js';

/** Entries that no room was left for, first come, first served. Each can be called back. */
export class WaitingEntries<Item, Result> {
  private readonly entries = new EntryList<Item, Result>();
  /** Called back, and passed over when their turn comes. */
  private readonly gone = new Set<PendingEntry<Item, Result>>();
  /** What takes the listener off the signal of an entry. */
  private readonly detachers = new Map<PendingEntry<Item, Result>, () => void>();

  get length(): number {
    return this.entries.length - this.gone.size;
  }

  push(
    entry: PendingEntry<Item, Result>,
    signal: AbortSignal | undefined,
    aborted: (entry: PendingEntry<Item, Result>, reason: unknown) => void,
  ): void {
    this.entries.push(entry);
    if (!signal) return;
    const onAbort = () => {
      this.detachers.delete(entry);
      this.gone.add(entry);
      aborted(entry, signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.detachers.set(entry, () => signal.removeEventListener('abort', onAbort));
  }

  shift(): PendingEntry<Item, Result> | undefined {
    for (let entry = this.entries.shift(); entry; entry = this.entries.shift()) {
      if (this.gone.delete(entry)) continue;
      this.detach(entry);
      return entry;
    }
    return undefined;
  }

  /** Takes out those of one group. */
  takeGroup(group: string): PendingEntry<Item, Result>[] {
    const taken: PendingEntry<Item, Result>[] = [];
    for (let left = this.entries.length; left > 0; left -= 1) {
      const entry = this.entries.shift() as PendingEntry<Item, Result>;
      if (this.gone.delete(entry)) continue;
      if (entry.group !== group) {
        this.entries.push(entry);
        continue;
      }
      this.detach(entry);
      taken.push(entry);
    }
    return taken;
  }

  private detach(entry: PendingEntry<Item, Result>): void {
    this.detachers.get(entry)?.();
    this.detachers.delete(entry);
  }
}
