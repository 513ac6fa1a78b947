import type { ParkedMessage } from './outbox-storage.js';

/**
 * Messages that were committed with events and have not left yet. They leave by themselves, at least once, in the
 * order of the commits of each stream. Injectable, for tests and for operators.
 */
export abstract class Outbox {
  /** How many messages wait to be published; parked ones do not count. */
  abstract pending(): Promise<number>;

  /** Messages that cannot be published (too large, for example), and later ones of the same streams. */
  abstract parked(): Promise<ParkedMessage[]>;

  /**
   * Resolves when everything that was committed before the call is published, or parked.
   * @throws {ClosedError} when the relay is stopped, or stops while waiting
   */
  abstract flush(): Promise<void>;

  /** Tries parked messages again, in their old order; do so once the cause is mended. Resolves to their number. */
  abstract retryParked(): Promise<number>;
}
