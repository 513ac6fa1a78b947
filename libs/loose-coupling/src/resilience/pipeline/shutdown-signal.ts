import type { ShutdownListener } from './shutdown-listener.js';

/**
 * Tells the waits of a registry's calls that the application shuts down. Unlike an AbortSignal it costs next to nothing to wait on,
 * and every listener is called even when one throws. Listeners are linked through their own fields: a Set of them would cost more
 * than all else that a call does in a queue.
 */
export class ShutdownSignal {
  private first: ShutdownListener | undefined = undefined;
  private last: ShutdownListener | undefined = undefined;
  private count = 0;
  private shutdownReason: Error | undefined;

  /** Defined from the shutdown on. */
  get reason(): Error | undefined {
    return this.shutdownReason;
  }

  /** Waits that would be ended now. */
  get size(): number {
    return this.count;
  }

  add(listener: ShutdownListener): void {
    if (listener.listening) return;
    listener.listening = true;
    listener.previousListener = this.last;
    if (this.last === undefined) this.first = listener;
    else this.last.nextListener = listener;
    this.last = listener;
    this.count += 1;
  }

  delete(listener: ShutdownListener): void {
    if (!listener.listening) return;
    const { previousListener, nextListener } = listener;
    if (previousListener === undefined) this.first = nextListener;
    else previousListener.nextListener = nextListener;
    if (nextListener === undefined) this.last = previousListener;
    else nextListener.previousListener = previousListener;
    listener.previousListener = listener.nextListener = undefined;
    listener.listening = false;
    this.count -= 1;
  }

  /** Ends all waits, and those to come, with `reason`. The second time does nothing. */
  shutDown(reason: Error): void {
    if (this.shutdownReason !== undefined) return;
    this.shutdownReason = reason;
    const errors: unknown[] = [];
    for (let listener = this.first; listener !== undefined; listener = this.first) {
      this.delete(listener);
      try {
        listener.onShutdown(reason);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Listeners to the shutdown failed');
  }
}
