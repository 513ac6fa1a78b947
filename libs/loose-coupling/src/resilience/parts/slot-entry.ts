/** A machine and what a slot knows of it. Entries of a slot with keys are linked from the least to the most recently used. */
export class SlotEntry<M> {
  /** Monotonic milliseconds. */
  lastUsed = 0;
  older: this | undefined = undefined;
  newer: this | undefined = undefined;

  constructor(
    readonly key: string | undefined,
    readonly machine: M,
  ) {}
}
