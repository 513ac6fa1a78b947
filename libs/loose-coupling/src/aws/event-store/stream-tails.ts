const MOST = 10_000;

/**
 * Versions at which streams were seen to end, most recently used last. A commit boundary stays one for ever, so such a
 * version may be appended to without another look: whoever was faster holds the next key.
 */
export class StreamTails {
  private readonly tails = new Map<string, number>();

  get(streamName: string): number | undefined {
    return this.tails.get(streamName);
  }

  /** Ignores what is older than what is known. */
  note(streamName: string, version: number): void {
    const known = this.tails.get(streamName);
    if (known !== undefined) this.tails.delete(streamName);
    this.tails.set(streamName, Math.max(known ?? 0, version));
    if (this.tails.size <= MOST) return;
    const [oldest] = this.tails.keys();
    if (oldest !== undefined) this.tails.delete(oldest);
  }
}
