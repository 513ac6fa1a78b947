/**
 * A signal for each receive, aborted by who asked for it or when all end. `AbortSignal.any` would do, but for Node 20, which
 * keeps each for as long as the receiver lives.
 */
export class ReceiveSignals {
  private readonly running = new Set<AbortController>();
  private ended = false;

  get areEnded(): boolean {
    return this.ended;
  }

  async run<Result>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const abort = new AbortController();
    const onAbort = () => abort.abort();
    if (this.ended || signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.running.add(abort);
    try {
      return await work(abort.signal);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.running.delete(abort);
    }
  }

  end(): void {
    this.ended = true;
    for (const abort of this.running) abort.abort();
  }
}
