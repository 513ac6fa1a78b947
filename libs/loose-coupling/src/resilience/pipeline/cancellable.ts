/** Something under way that can be given up. */
export interface Cancellable {
  /**
   * Gives it up, with what its caller is to be rejected with. `byDeadline`: a deadline of the same pipeline has passed, which says something
   * about the work; otherwise somebody lost interest, which does not.
   */
  cancel(reason: unknown, byDeadline: boolean): void;
}

/** What gives up others with itself. */
export interface CancelSource {
  readonly cancelled: boolean;
  /** What it was cancelled with, and whether by a deadline of its pipeline. */
  readonly reason: unknown;
  readonly byDeadline: boolean;
  /** Whether it is over, so that nothing can cancel it any more. */
  readonly ended?: boolean;
  /** From now on `child` is cancelled together with this. */
  adopt(child: Cancellable): void;
  disown(child: Cancellable): void;
}
