import type { PendingEntry } from './pending-entry.js';

/** Entries that no room was left for, first come, first served. Each can be called back. */
export class WaitingEntries<Item, Result> {
  /** With what takes the listener off its signal. */
  private readonly entries = new Map<PendingEntry<Item, Result>, () => void>();

  get length(): number {
    return this.entries.size;
  }

  push(
    entry: PendingEntry<Item, Result>,
    signal: AbortSignal | undefined,
    aborted: (entry: PendingEntry<Item, Result>, reason: unknown) => void,
  ): void {
    const onAbort = () => {
      this.entries.delete(entry);
      aborted(entry, signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.entries.set(entry, () => signal?.removeEventListener('abort', onAbort));
  }

  shift(): PendingEntry<Item, Result> | undefined {
    for (const [entry, detach] of this.entries) {
      detach();
      this.entries.delete(entry);
      return entry;
    }
    return undefined;
  }

  /** Takes out those of one group. */
  takeGroup(group: string): PendingEntry<Item, Result>[] {
    const taken: PendingEntry<Item, Result>[] = [];
    for (const [entry, detach] of this.entries) {
      if (entry.group !== group) continue;
      detach();
      this.entries.delete(entry);
      taken.push(entry);
    }
    return taken;
  }
}
