/** The calls that rates are measured over. What has left the window is gone from the three numbers. */
export interface CallWindow {
  readonly calls: number;
  readonly failures: number;
  readonly slowCalls: number;
  record(failed: boolean, slow: boolean, now: number): void;
  /** Lets go of what is too old at `now`. */
  advance(now: number): void;
  clear(): void;
  /** A window of another size with as much of this one's content as fits. */
  resizedTo(size: number, now: number): CallWindow;
}
