import type { EntryBatcher } from './entry-batcher.js';
import type { BatcherCloseOptions } from './entry-batcher.options.js';

/** A batcher for each destination, made on first use. What cannot be made is tried again with the next entry. */
export class Destinations<Item, Result> {
  private readonly batchers = new Map<string, Promise<EntryBatcher<Item, Result>>>();
  private closed: BatcherCloseOptions | undefined;

  constructor(private readonly make: (name: string) => Promise<EntryBatcher<Item, Result>>) {}

  of(name: string): Promise<EntryBatcher<Item, Result>> {
    let batcher = this.batchers.get(name);
    if (!batcher) {
      const { closed } = this;
      batcher = this.make(name).then((made) => {
        if (closed) void made.close(closed);
        return made;
      });
      this.batchers.set(name, batcher);
      batcher.catch(() => this.batchers.delete(name));
    }
    return batcher;
  }

  async flush(): Promise<void> {
    await this.each((batcher) => batcher.flush());
  }

  /** Those that are asked for later are closed too. */
  async close(options: BatcherCloseOptions = {}): Promise<void> {
    this.closed = options;
    await this.each((batcher) => batcher.close(options));
  }

  private async each(work: (batcher: EntryBatcher<Item, Result>) => Promise<void>): Promise<void> {
    // One that could not be made holds nothing.
    await Promise.allSettled(Array.from(this.batchers.values(), (batcher) => batcher.then(work)));
  }
}
