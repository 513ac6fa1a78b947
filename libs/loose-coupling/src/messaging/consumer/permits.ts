import type { InFlightMessage } from './in-flight-message.js';
import type { ReceiveThrottle } from './receive-throttle.js';

/** Handled messages that may wait for their acknowledgement, beyond the concurrency, before receiving stops. */
const UNSETTLED_MARGIN = 10;

/** Counts how many messages may still be received, so that none is received before a handler is free for it. */
export class Permits {
  /** Handlers that run or are about to; on FIFO queues lanes in use. */
  busy = 0;
  /** Messages in hand whose handler has not finished. More than `busy` only where lanes have messages waiting. */
  unhandled = 0;
  /** Asked for by receives that have not answered. */
  reserved = 0;

  constructor(
    public limit: number,
    /** Most messages that one receive brings, and so that one lane has, unless the queue hands them out again. */
    private readonly batch: number,
    private readonly inFlight: ReadonlySet<InFlightMessage>,
    readonly throttle?: ReceiveThrottle,
  ) {}

  get free(): number {
    const unsettled = this.inFlight.size - this.unhandled;
    return (
      Math.min(
        this.limit - this.busy,
        // Keeps a queue that is slow to delete from piling up handled messages without end.
        this.limit + UNSETTLED_MARGIN - unsettled,
        // Keeps lanes from growing without end when their messages come again before they ran.
        this.limit * this.batch - this.unhandled,
        this.throttle?.left ?? Infinity,
      ) - this.reserved
    );
  }
}
