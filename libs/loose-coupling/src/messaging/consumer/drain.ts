import type { Acknowledger } from './acknowledger.js';
import type { Condition } from './condition.js';
import type { InFlightMessage } from './in-flight-message.js';
import type { Permits } from './permits.js';
import type { Poller } from './poller.js';

/** How long handlers may still run after their signals were aborted. */
const ABORT_GRACE = 1_000;
/** How long a shutdown tries to tell the queue what became of the last messages. */
const FLUSH_TIMEOUT = 5_000;

export interface Draining {
  readonly poller: Poller;
  readonly permits: Permits;
  readonly acknowledger: Acknowledger;
  /** Notified whenever a receive, a handler or a message has come to its end. */
  readonly settled: Condition;
  readonly inFlight: ReadonlySet<InFlightMessage>;
}

/** Waits for what a stopped consumer still has in hand. What is not done in the end is marked as lost. */
export async function drain(work: Draining, drainTimeout: number, abortReason: Error): Promise<void> {
  const { poller, permits, acknowledger, settled, inFlight } = work;
  acknowledger.hurry();
  const quiet = () => permits.busy === 0 && poller.underWay === 0;
  await settled.until(quiet, drainTimeout);
  if (!quiet()) {
    for (const entry of inFlight) entry.abort(abortReason);
    await settled.until(quiet, ABORT_GRACE);
  }
  acknowledger.hurry();
  // Each handler that still runs holds one message that cannot be settled any more.
  await settled.until(() => inFlight.size <= permits.busy, FLUSH_TIMEOUT);
  for (const entry of inFlight) entry.lost = true;
}
