/**
 * Tells the waits of a registry's calls that the application shuts down. Unlike an AbortSignal it costs next to nothing to wait on,
 * and every listener is called even when one throws.
 */
export class ShutdownSignal {
  private readonly listeners = new Set<(reason: Error) => void>();
  private shutdownReason: Error | undefined;

  /** Defined from the shutdown on. */
  get reason(): Error | undefined {
    return this.shutdownReason;
  }

  /** Waits that would be ended now. */
  get size(): number {
    return this.listeners.size;
  }

  add(onShutdown: (reason: Error) => void): void {
    this.listeners.add(onShutdown);
  }

  delete(onShutdown: (reason: Error) => void): void {
    this.listeners.delete(onShutdown);
  }

  /** Ends all waits, and those to come, with `reason`. The second time does nothing. */
  shutDown(reason: Error): void {
    if (this.shutdownReason !== undefined) return;
    this.shutdownReason = reason;
    const listeners = [...this.listeners];
    this.listeners.clear();
    const errors: unknown[] = [];
    for (const listener of listeners) {
      try {
        listener(reason);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Listeners to the shutdown failed');
  }
}
