import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../kernel/index.js';

/** What is known of a subject: its key, or that there is none any more. */
export type KnownKey =
  | { readonly id: string; readonly key: KeyObject; readonly forgotten?: undefined }
  | { readonly forgotten: true; readonly id?: undefined; readonly key?: undefined };

/** Keys that were used lately, at most so many, and each for so long: then the store is asked again. */
export class KeyCache {
  private readonly entries = new Map<string, { readonly known: KnownKey; readonly until: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly most: number,
    private readonly milliseconds: number,
  ) {}

  get(name: string): KnownKey | undefined {
    const entry = this.entries.get(name);
    if (!entry) return undefined;
    this.entries.delete(name);
    if (entry.until <= this.clock.monotonic()) return undefined;
    this.entries.set(name, entry);
    return entry.known;
  }

  set(name: string, known: KnownKey): void {
    this.entries.delete(name);
    this.entries.set(name, { known, until: this.clock.monotonic() + this.milliseconds });
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.most && oldest !== undefined) this.entries.delete(oldest);
  }

  delete(name: string): void {
    this.entries.delete(name);
  }
}
