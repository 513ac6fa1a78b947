import type { Clock } from '../../kernel/index.js';
import type { Disposability, MachineKind } from './machine-kind.js';
import { RecencyList } from './recency-list.js';
import type { SlotEntry } from './slot-entry.js';

export interface KeyBounds {
  readonly maxKeys: number;
  /** Milliseconds. */
  readonly keyTtl: number;
}

/** Entries looked at when room is needed: a flood of keys must not make every call search all of them. */
const MOST_LOOKS = 32;
/** Unused entries that a new key takes with it, so that what a busy day left behind goes away. */
const MOST_SWEPT = 2;
/** Key of the machine that keys share for which there is no room. */
export const OVERFLOW_KEY = '(overflow)';

/**
 * One machine for each key, at most `maxKeys` of them. When there are more keys, the least recently used machine makes room, but never
 * one that refuses or holds calls or was set by hand; while all are like that, further keys share one machine, so that memory stays
 * bounded and those calls are still guarded. A key unused for `keyTtl` starts anew. All of it happens when a key is asked for.
 */
export class KeyedMachines<M, S, E extends SlotEntry<M>> {
  private readonly byKey = new Map<string, E>();
  private readonly recency = new RecencyList<E>();
  private overflow: E | undefined;

  constructor(
    private readonly kind: MachineKind<M, S, E>,
    private settings: S,
    private bounds: KeyBounds,
    private readonly clock: Clock,
  ) {}

  /** The entry of a key as it is, which is not taken for a use of it. */
  peek(key: string): E | undefined {
    return key === OVERFLOW_KEY ? (this.byKey.get(key) ?? this.overflow) : this.byKey.get(key);
  }

  /** The entry of a key, made when there is none. */
  entry(key: string): E {
    const now = this.clock.monotonic();
    const known = this.byKey.get(key);
    if (known !== undefined) {
      if (!this.isUnused(known, now) || this.kind.disposable(known.machine, now) !== 'now') return this.use(known, now);
      this.drop(key, known);
    }
    this.sweep(now);
    if (this.byKey.size >= this.bounds.maxKeys && !this.makeRoom(now)) return this.shared();
    const entry = this.kind.create(this.settings, key);
    this.byKey.set(key, entry);
    entry.lastUsed = now;
    this.recency.add(entry);
    return entry;
  }

  /** Machines that cannot take the settings are replaced: what they hold is released to them. */
  reconfigure(settings: S, bounds: KeyBounds): void {
    this.settings = settings;
    this.bounds = bounds;
    const now = this.clock.monotonic();
    for (const [key, entry] of this.byKey) {
      if (!this.kind.reconfigure(entry.machine, settings, now)) this.drop(key, entry);
    }
    if (this.overflow && !this.kind.reconfigure(this.overflow.machine, settings, now)) this.overflow = undefined;
    for (let surplus = this.byKey.size - bounds.maxKeys; surplus > 0 && this.makeRoom(now); surplus--);
  }

  get size(): number {
    return this.byKey.size;
  }

  *entries(): IterableIterator<E> {
    yield* this.byKey.values();
    if (this.overflow) yield this.overflow;
  }

  private use(entry: E, now: number): E {
    entry.lastUsed = now;
    this.recency.moveToEnd(entry);
    return entry;
  }

  private shared(): E {
    return (this.overflow ??= this.kind.create(this.settings, OVERFLOW_KEY));
  }

  private sweep(now: number): void {
    for (let swept = 0; swept < MOST_SWEPT; swept++) {
      const { oldest } = this.recency;
      if (!oldest || !this.isUnused(oldest, now) || this.kind.disposable(oldest.machine, now) !== 'now') return;
      this.drop(oldest.key, oldest);
    }
  }

  /** Who must stay moves to the end, so that the next search begins with others. */
  private makeRoom(now: number): boolean {
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      const { oldest } = this.recency;
      if (!oldest) return false;
      if (this.mayGo(this.kind.disposable(oldest.machine, now), oldest, now)) {
        this.drop(oldest.key, oldest);
        return true;
      }
      this.recency.moveToEnd(oldest);
    }
    return false;
  }

  private mayGo(disposable: Disposability, entry: E, now: number): boolean {
    return disposable === 'now' || (disposable === 'once-unused' && this.isUnused(entry, now));
  }

  private isUnused(entry: E, now: number): boolean {
    return now - entry.lastUsed > this.bounds.keyTtl;
  }

  private drop(key: string | undefined, entry: E): void {
    if (key !== undefined) this.byKey.delete(key);
    this.recency.remove(entry);
    this.kind.forgotten?.(entry);
  }
}
