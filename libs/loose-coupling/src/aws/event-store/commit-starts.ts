const MOST = 10_000;

/**
 * Where the commit begins that ends at a version: the key that a reader from there on must begin at. Of each stream the
 * last one that was seen, most recently used last. A hint: what does not lie there is looked for.
 */
export class CommitStarts {
  private readonly commits = new Map<string, { readonly from: number; readonly to: number }>();

  startOf(streamName: string, version: number): number | undefined {
    const commit = this.commits.get(streamName);
    return commit?.to === version ? commit.from : undefined;
  }

  note(streamName: string, from: number, to: number): void {
    this.commits.delete(streamName);
    this.commits.set(streamName, { from, to });
    if (this.commits.size <= MOST) return;
    const [oldest] = this.commits.keys();
    if (oldest !== undefined) this.commits.delete(oldest);
  }
}
