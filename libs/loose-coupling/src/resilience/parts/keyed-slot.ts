import type { Slot } from '../pipeline/policy-set.port.js';
import { KeyedWork } from '../pipeline/work-arguments.js';

/** The machine of a key. */
export interface MachinesByKey<M> {
  entry(key: string): { readonly machine: M };
}

/** Finds the machine of a call by the key that one method makes of its arguments. */
export class KeyedSlot<M> implements Slot<M> {
  readonly only = undefined;

  constructor(
    private readonly machines: MachinesByKey<M>,
    private readonly key: (args: readonly unknown[]) => unknown,
  ) {}

  pick(args: readonly unknown[]): M {
    return this.machines.entry(this.keyOf(args)).machine;
  }

  keyOf(args: readonly unknown[]): string {
    const key: unknown = args instanceof KeyedWork ? args.key : this.key(args);
    // A number or an object, which types do not keep out, would be another key than its text, or one of its own each time.
    return typeof key === 'string' ? key : String(key);
  }
}
