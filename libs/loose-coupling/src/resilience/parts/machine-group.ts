import type { Clock } from '../../kernel/index.js';
import type { KeyOptions } from '../options/key.options.js';
import type { Slot } from '../pipeline/policy-set.port.js';
import { KeyedMachines, type KeyBounds } from './keyed-machines.js';
import { KeyedSlot } from './keyed-slot.js';
import type { MachineKind } from './machine-kind.js';
import { SingleSlot } from './single-slot.js';
import type { SlotEntry } from './slot-entry.js';

export const DEFAULT_MAX_KEYS = 10_000;
export const DEFAULT_KEY_TTL = 3_600_000;

/**
 * The machines of one policy: one for all calls, one for each key, or, where methods that share the policy differ in that, both. They
 * live on when options change.
 */
export class MachineGroup<M, S, E extends SlotEntry<M> = SlotEntry<M>> {
  private single: SingleSlot<M, S, E> | undefined;
  private keyed: KeyedMachines<M, S, E> | undefined;

  constructor(
    private readonly kind: MachineKind<M, S, E>,
    private settings: S,
    private keys: KeyOptions,
    private readonly clock: Clock,
  ) {}

  /** For a method that finds its key with `key`. */
  slot(key: KeyOptions['key']): Slot<M> {
    return key ? new KeyedSlot(this.machinesByKey(), key) : this.onlyMachine();
  }

  reconfigure(settings: S, keys: KeyOptions): void {
    this.settings = settings;
    this.keys = keys;
    this.single?.reconfigure(settings);
    this.keyed?.reconfigure(settings, boundsOf(keys));
  }

  /** The entry of a key, or without a key the only one; made when there is none. Undefined when calls have no key, or all have one. */
  find(key: string | undefined): E | undefined {
    const isKeyed = this.keyed !== undefined || this.keys.key !== undefined;
    if (key === undefined) return this.single || !isKeyed ? this.onlyMachine().entry : undefined;
    if (!isKeyed) return undefined;
    const machines = this.machinesByKey();
    return machines.peek(key) ?? machines.entry(key);
  }

  *entries(): IterableIterator<E> {
    if (this.single) yield this.single.entry;
    if (this.keyed) yield* this.keyed.entries();
  }

  private onlyMachine(): SingleSlot<M, S, E> {
    return (this.single ??= new SingleSlot(this.kind, this.settings, this.clock));
  }

  private machinesByKey(): KeyedMachines<M, S, E> {
    return (this.keyed ??= new KeyedMachines(this.kind, this.settings, boundsOf(this.keys), this.clock));
  }
}

const boundsOf = ({ maxKeys, keyTtl }: KeyOptions): KeyBounds => ({
  maxKeys: maxKeys ?? DEFAULT_MAX_KEYS,
  keyTtl: keyTtl ?? DEFAULT_KEY_TTL,
});
