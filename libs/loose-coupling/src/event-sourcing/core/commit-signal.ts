/** Tells listeners that something was committed: new events, or new messages. */
export class CommitSignal {
  private readonly listeners = new Set<() => void>();

  get listened(): boolean {
    return this.listeners.size > 0;
  }

  /** Listeners only take note; they must not throw. Returns how to stop. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  ring(): void {
    for (const listener of this.listeners) listener();
  }
}
