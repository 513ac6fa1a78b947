/** Where commits are noticed that this process did not make. */
export interface CommitWatch {
  start(): void;
  stop(): void;
}

/** Tells listeners that something was committed: new events, or new messages. */
export class CommitSignal {
  private readonly listeners = new Set<() => void>();
  private watch: CommitWatch | undefined;

  /** Has others' commits watched as long as anybody listens. */
  watchWith(watch: CommitWatch): void {
    this.watch = watch;
    if (this.listeners.size > 0) watch.start();
  }

  /** Listeners only take note; they must not throw. Returns how to stop. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.watch?.start();
    return () => {
      if (this.listeners.delete(listener) && this.listeners.size === 0) this.watch?.stop();
    };
  }

  ring(): void {
    for (const listener of this.listeners) listener();
  }
}
