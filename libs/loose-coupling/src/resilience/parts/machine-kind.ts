import type { SlotEntry } from './slot-entry.js';

/**
 * Whether a machine may be dropped with its key:
 * - `now`: it knows nothing that a new one would not;
 * - `once-unused`: what it knows is of the past, and it may go when nobody has used it for `keyTtl` and room is needed;
 * - `never`: it refuses calls, holds calls, or was set by hand.
 */
export type Disposability = 'now' | 'once-unused' | 'never';

/** What a slot does with machines of one kind. */
export interface MachineKind<M, S, E extends SlotEntry<M> = SlotEntry<M>> {
  create(settings: S, key: string | undefined): E;
  /** Takes other settings and keeps what is going on. False: it cannot, a new machine is needed. */
  reconfigure(machine: M, settings: S, now: number): boolean;
  disposable(machine: M, now: number): Disposability;
  /** The entry was dropped. */
  forgotten?(entry: E): void;
}
