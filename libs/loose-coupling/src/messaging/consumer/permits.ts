import type { InFlightMessage } from './in-flight-message.js';

/** Handled messages that may wait for their acknowledgement, beyond the concurrency, before receiving stops. */
const UNSETTLED_MARGIN = 10;

/** Counts how many messages may still be received, so that none is received before a handler is free for it. */
export class Permits {
  /** Messages in hand whose handler has not finished. */
  busy = 0;
  /** Asked for by receives that have not answered. */
  reserved = 0;

  constructor(
    public limit: number,
    private readonly inFlight: ReadonlySet<InFlightMessage>,
  ) {}

  get free(): number {
    const unsettled = this.inFlight.size - this.busy;
    // The second bound keeps a queue that is slow to delete from piling up handled messages without end.
    return Math.min(this.limit - this.busy, this.limit + UNSETTLED_MARGIN - unsettled) - this.reserved;
  }
}
