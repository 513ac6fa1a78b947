/** A machine and what is known of it. Those of many keys are linked from the least to the most recently used. */
export abstract class SlotEntry<M> {
  abstract readonly machine: M;
  /** Monotonic milliseconds. */
  lastUsed = 0;
  older: this | undefined = undefined;
  newer: this | undefined = undefined;

  constructor(readonly key: string | undefined) {}
}

/** A machine that nothing but its key is known of. */
export class PlainEntry<M> extends SlotEntry<M> {
  constructor(
    key: string | undefined,
    readonly machine: M,
  ) {
    super(key);
  }
}
