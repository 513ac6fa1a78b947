import {
  dueAtOf,
  processKeyText,
  type OpenProcess,
  type ProcessChange,
  type ProcessIndex,
} from '../core/process-index.js';

/** Open instances in memory. */
export class MemoryProcessIndex implements ProcessIndex {
  private readonly entries = new Map<string, OpenProcess>();

  /** Part of a commit. */
  apply(change: ProcessChange): void {
    if ('over' in change) this.entries.delete(processKeyText(change));
    else this.entries.set(processKeyText(change), change);
  }

  async due(manager: string, until: number, limit: number): Promise<readonly OpenProcess[]> {
    const due: { entry: OpenProcess; dueAt: number }[] = [];
    for (const entry of this.entries.values()) {
      const dueAt = entry.manager === manager ? (dueAtOf(entry) ?? Infinity) : Infinity;
      if (dueAt <= until) due.push({ entry, dueAt });
    }
    return due
      .toSorted((one, other) => one.dueAt - other.dueAt)
      .slice(0, limit)
      .map(({ entry }) => entry);
  }

  async *open(manager: string): AsyncGenerator<OpenProcess> {
    for (const entry of this.entries.values()) if (entry.manager === manager) yield entry;
  }
}
