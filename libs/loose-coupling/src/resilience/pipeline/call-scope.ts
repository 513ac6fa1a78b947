import { OperationTimeoutError } from '../errors/operation-timeout.error.js';
import type { Cancellable, CancelSource } from './cancellable.js';
import { DeadlineNode } from './deadline-queue.js';
import type { FrameParts } from './frame-parts.js';
import { unwatchSignal, watchSignal } from './signal-watch.js';
import { stackless } from './stackless.js';

/**
 * What can end a call as a whole: the caller's signal, the attempt that it is made in, the deadline of all its attempts.
 * A call that none of them can end has no scope.
 */
export class CallScope<Parent extends CancelSource = CancelSource>
  extends DeadlineNode
  implements Cancellable, CancelSource
{
  cancelled = false;
  byDeadline = false;
  reason: unknown = undefined;
  /** Whether the work was called, in any attempt. */
  hasBegun = false;
  /** What the call does at the moment, one thing at a time: an attempt, or a wait. */
  private target: Cancellable | undefined = undefined;

  constructor(
    private readonly parts: FrameParts,
    private readonly signal: AbortSignal | undefined,
    readonly parent: Parent | undefined,
    /** Whether the parent is of the same pipeline: its deadlines are then our own. */
    private readonly nested: boolean,
  ) {
    super();
    // A signal that is aborted already calls no listener.
    if (parent?.cancelled) this.cancel(parent.reason, parent.byDeadline);
    else if (signal?.aborted) this.cancel(signal.reason, false);
    else {
      if (parent !== undefined && !parent.ended) parent.adopt(this);
      if (signal !== undefined) watchSignal(signal, this);
    }
  }

  expire(duration: number): void {
    const { deadline, retry, name } = this.parts;
    const policy = deadline?.total === duration ? deadline.name : (retry?.name ?? name);
    this.cancel(
      stackless(() => new OperationTimeoutError(policy, duration, 'total', !this.hasBegun)),
      true,
    );
  }

  cancel(reason: unknown, byDeadline: boolean): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.byDeadline = byDeadline && (this.nested || this.parent?.reason !== reason);
    this.reason = reason;
    this.target?.cancel(reason, this.byDeadline);
  }

  adopt(child: Cancellable): void {
    this.target = child;
  }

  disown(child: Cancellable): void {
    if (this.target === child) this.target = undefined;
  }

  /** Milliseconds until the call's deadline; infinite without one. */
  remainingMs(now: number): number {
    return this.armedIn === undefined ? Infinity : this.due - now;
  }

  /** Whether nothing is to stand in for the work, because somebody outside lost interest. */
  get isFinal(): boolean {
    return this.cancelled && !this.byDeadline;
  }

  /** What follows the attempts is not bound by their deadline. */
  leaveDeadline(): void {
    if (this.armedIn !== undefined) this.armedIn.disarm(this);
    if (!this.hasExpired) return;
    this.cancelled = false;
    this.reason = undefined;
  }

  throwIfCancelled(): void {
    if (this.cancelled) throw this.reason;
  }

  close(): void {
    if (this.signal !== undefined) unwatchSignal(this.signal, this);
    this.parent?.disown(this);
    if (this.armedIn !== undefined) this.armedIn.disarm(this);
  }
}
