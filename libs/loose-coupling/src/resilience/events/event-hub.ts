import type { ResilienceEvent, ResilienceListener } from './resilience-event.js';

/** Where the events of a registry go by. A listener cannot touch the call: what it throws, or rejects with, is reported once and it stays. */
export class EventHub {
  private readonly listeners = new Set<ResilienceListener>();
  private readonly reported = new WeakSet<ResilienceListener>();

  constructor(private readonly report: (error: unknown) => void = () => undefined) {}

  /** Read before an event is made, so that nobody listening costs nothing. */
  get hasListeners(): boolean {
    return this.listeners.size > 0;
  }

  /** Answers how to stop listening. */
  on(listener: ResilienceListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  emit(event: ResilienceEvent): void {
    for (const listener of this.listeners) {
      try {
        const result: unknown = listener(event);
        if (result instanceof Promise) result.catch((error: unknown) => this.reportOnce(listener, error));
      } catch (error) {
        this.reportOnce(listener, error);
      }
    }
  }

  clear(): void {
    this.listeners.clear();
  }

  // One that fails, fails with every call; the log of an outage is not the place for that.
  private reportOnce(listener: ResilienceListener, error: unknown): void {
    if (this.reported.has(listener)) return;
    this.reported.add(listener);
    try {
      this.report(error);
    } catch {
      // A logger that fails has nobody to tell.
    }
  }
}
