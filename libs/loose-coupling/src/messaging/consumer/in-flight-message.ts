import type { LaneTurn } from '../core/lane-turn.js';
import type { ReceivedMessage } from '../core/message-queue.js';

/** SQS keeps a message hidden for at most 12 hours from its receive. */
export const LONGEST_VISIBILITY = 43_200_000;

/** What became of a delete or a visibility change. */
export type WriteResult = 'applied' | 'expired' | 'failed';

/** One message in hand, from its receive until the queue has been told what became of it. */
export class InFlightMessage {
  /** `settling`: the handler is done, the receipt is still needed. `returning`: it is being handed back. */
  phase: 'waiting' | 'running' | 'settling' | 'returning' = 'waiting';
  /** The receipt is gone, so whatever the handler comes to no longer counts. */
  lost = false;
  /** Monotonic time until which the message is known to be hidden from others. */
  visibleUntil: number;
  /** Monotonic time of the next heartbeat. */
  renewAt: number;
  /** A heartbeat was sent and has not succeeded. */
  renewalPending = false;
  /** The visibility cannot be extended beyond `visibleUntil`. */
  lastRenewal = false;
  /** For the pending visibility change. */
  timeout = 0;
  /** For the pending visibility change: the message never ran, so its receive must not cost it an attempt. */
  unhandled = false;
  writeAttempts = 0;
  /** In lanes that run several at once. */
  turn: LaneTurn | undefined;
  onWritten: ((result: WriteResult) => void) | undefined;
  private controller: AbortController | undefined;

  constructor(
    readonly message: ReceivedMessage,
    /** Monotonic time. */
    readonly receivedAt: number,
    visibilityTimeout: number,
  ) {
    this.visibleUntil = receivedAt + visibilityTimeout;
    this.renewAt = receivedAt + (visibilityTimeout * 2) / 3;
  }

  /** Made here and not on receive, so that only messages that run pay for a signal. */
  begin(): AbortSignal {
    this.phase = 'running';
    this.controller = new AbortController();
    return this.controller.signal;
  }

  /** From here on nothing can abort the signal: what the handler left running under it may finish. */
  end(): void {
    this.phase = 'settling';
    this.controller = undefined;
  }

  abort(reason: unknown): void {
    this.controller?.abort(reason);
  }

  lose(reason: unknown): void {
    this.lost = true;
    this.abort(reason);
  }

  /** Longest timeout that the queue can still accept for this receipt. */
  cappedTimeout(timeout: number, now: number): number {
    return Math.max(0, Math.min(timeout, this.receivedAt + LONGEST_VISIBILITY - now));
  }
}
