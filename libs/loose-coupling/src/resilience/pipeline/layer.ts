import type { Attempt } from './attempt.js';

export type Method = (...args: never[]) => unknown;

/** A frame, or something between two of them. */
export interface Layer {
  /**
   * Runs the method behind its policies and all further in. `parent` is the attempt that the call is made in: the outer layer's,
   * or for the outermost layer that of another pipeline.
   */
  run(
    method: Method,
    self: unknown,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
    parent: Attempt | undefined,
  ): Promise<unknown>;
}
