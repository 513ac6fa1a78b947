import type { Clock } from '../../kernel/index.js';
import type { KeyOptions } from '../options/key.options.js';
import type { Slot } from '../pipeline/policy-set.port.js';
import { KeyedSlot, type KeySettings } from './keyed-slot.js';
import type { MachineKind } from './machine-kind.js';
import { SingleSlot } from './single-slot.js';
import type { SlotEntry } from './slot-entry.js';

const DEFAULT_MAX_KEYS = 10_000;
const DEFAULT_KEY_TTL = 3_600_000;

/** The machines of one policy: one, or one for each key. They live on when the options change. */
export class MachineGroup<M, S, E extends SlotEntry<M> = SlotEntry<M>> {
  private current: SingleSlot<M, S, E> | KeyedSlot<M, S, E>;

  constructor(
    private readonly kind: MachineKind<M, S, E>,
    settings: S,
    keys: KeyOptions,
    private readonly clock: Clock,
  ) {
    this.current = this.createSlot(settings, keys);
  }

  get slot(): Slot<M> {
    return this.current;
  }

  get isKeyed(): boolean {
    return this.current instanceof KeyedSlot;
  }

  reconfigure(settings: S, keys: KeyOptions): void {
    const keySettings = settingsOf(keys);
    if (this.current instanceof KeyedSlot) {
      if (keySettings) return this.current.reconfigure(settings, keySettings);
    } else if (!keySettings) {
      return this.current.reconfigure(settings);
    }
    for (const entry of this.current.entries()) this.kind.forgotten?.(entry);
    this.current = this.createSlot(settings, keys);
  }

  /** The machine of a key, or the only one: made when there is none. Undefined when there are keys and none is given, or the other way round. */
  entry(key: string | undefined): E | undefined {
    if (this.current instanceof KeyedSlot) {
      return key === undefined ? undefined : (this.current.peek(key) ?? this.current.entry(key));
    }
    return key === undefined ? [...this.current.entries()][0] : undefined;
  }

  entries(): IterableIterator<E> {
    return this.current.entries();
  }

  private createSlot(settings: S, keys: KeyOptions): SingleSlot<M, S, E> | KeyedSlot<M, S, E> {
    const keySettings = settingsOf(keys);
    if (!keySettings) return new SingleSlot(this.kind, settings, this.clock);
    return new KeyedSlot(this.kind, settings, keySettings, this.clock);
  }
}

function settingsOf({ key, maxKeys, keyTtl }: KeyOptions): KeySettings | undefined {
  return key && { key, maxKeys: maxKeys ?? DEFAULT_MAX_KEYS, keyTtl: keyTtl ?? DEFAULT_KEY_TTL };
}
