import type { Clock, Timer } from '../../kernel/index.js';
import type { PendingEntry } from './pending-entry.js';

/** Entries between two attempts. Those that failed together share a timer. */
export class DelayedEntries<Item, Result> {
  private readonly sets = new Map<Timer, readonly PendingEntry<Item, Result>[]>();

  constructor(
    private readonly clock: Clock,
    private readonly release: (entries: readonly PendingEntry<Item, Result>[]) => void,
  ) {}

  hold(entries: readonly PendingEntry<Item, Result>[], delay: number): void {
    const timer = this.clock.setTimer(() => {
      this.sets.delete(timer);
      this.release(entries);
    }, delay);
    this.sets.set(timer, entries);
  }

  /** Takes them all out. */
  drain(): PendingEntry<Item, Result>[] {
    for (const timer of this.sets.keys()) timer.cancel();
    const entries = [...this.sets.values()].flat();
    this.sets.clear();
    return entries;
  }
}
