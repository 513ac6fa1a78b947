/** Of messages of one group that are given to a handler without waiting for the end of the one before: what they know of each other. */
export interface LaneTurn {
  /** To be called when a message has taken its place: the next may follow. */
  begun(): void;
  /** One of them was not handled, so those behind it must not be. */
  failed: boolean;
}
