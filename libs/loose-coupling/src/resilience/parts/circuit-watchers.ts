import type { Circuit } from '../registry/circuit.js';

/** Who is told of circuits that come and go. */
export interface CircuitWatcher {
  created?(circuit: Circuit): void;
  forgotten?(circuit: Circuit): void;
}

/** A watcher that throws is reported, and does not touch the call that made the circuit. */
export class CircuitWatchers {
  private readonly watchers = new Set<CircuitWatcher>();

  constructor(private readonly report: (error: unknown) => void = () => undefined) {}

  /** Returns how to stop. */
  add(watcher: CircuitWatcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  created(circuit: Circuit): void {
    for (const watcher of this.watchers) this.guard(() => watcher.created?.(circuit));
  }

  forgotten(circuit: Circuit): void {
    for (const watcher of this.watchers) this.guard(() => watcher.forgotten?.(circuit));
  }

  private guard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.report(error);
    }
  }
}
