import type { Clock } from '../../kernel/index.js';
import type { Slot } from '../pipeline/policy-set.port.js';
import type { MachineKind } from './machine-kind.js';
import type { SlotEntry } from './slot-entry.js';

/** One machine for all calls. */
export class SingleSlot<M, S, E extends SlotEntry<M>> implements Slot<M> {
  private current: E;
  /** Read by every call. */
  only: M;

  constructor(
    private readonly kind: MachineKind<M, S, E>,
    settings: S,
    private readonly clock: Clock,
  ) {
    this.current = kind.create(settings, undefined);
    this.only = this.current.machine;
  }

  get entry(): E {
    return this.current;
  }

  pick(): M {
    return this.only;
  }

  keyOf(): undefined {
    return undefined;
  }

  /** A machine that cannot take the settings is replaced: what it holds is released to it. */
  reconfigure(settings: S): void {
    if (this.kind.reconfigure(this.only, settings, this.clock.monotonic())) return;
    this.kind.forgotten?.(this.current);
    this.current = this.kind.create(settings, undefined);
    this.only = this.current.machine;
  }
}
