import type { Cancellable } from './cancellable.js';

// Says who waits on which signal, and nothing else: a signal belongs to no registry.
const watches = new WeakMap<AbortSignal, SignalWatch>();

/** One listener on a caller's signal for all calls it was given to: Node warns of a leak at eleven. */
class SignalWatch {
  private readonly calls = new Set<Cancellable>();

  constructor(private readonly signal: AbortSignal) {}

  add(call: Cancellable): void {
    if (this.calls.size === 0) this.signal.addEventListener('abort', this);
    this.calls.add(call);
  }

  delete(call: Cancellable): void {
    if (this.calls.delete(call) && this.calls.size === 0) this.signal.removeEventListener('abort', this);
  }

  handleEvent(): void {
    for (const call of this.calls) call.cancel(this.signal.reason, false);
  }
}

/** Cancels `call` when `signal` is aborted, until it is unwatched. */
export function watchSignal(signal: AbortSignal, call: Cancellable): void {
  let watch = watches.get(signal);
  if (watch === undefined) watches.set(signal, (watch = new SignalWatch(signal)));
  watch.add(call);
}

/** Leaves nothing on the signal when it was the last call. */
export function unwatchSignal(signal: AbortSignal, call: Cancellable): void {
  watches.get(signal)?.delete(call);
}
