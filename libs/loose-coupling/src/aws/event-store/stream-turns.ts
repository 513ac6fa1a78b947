/** Lets writers of one process that take any version of a stream go one after the other, so that they do not collide. */
export class StreamTurns {
  private readonly last = new Map<string, Promise<unknown>>();

  async run<Result>(streamNames: readonly string[], work: () => Promise<Result>): Promise<Result> {
    // All are queued for at the same moment, so that two writers cannot wait for each other.
    const before = streamNames.map((name) => this.last.get(name));
    const turn = Promise.all(before).then(work);
    const settled = turn.catch(() => undefined);
    for (const name of streamNames) this.last.set(name, settled);
    try {
      return await turn;
    } finally {
      for (const name of streamNames) if (this.last.get(name) === settled) this.last.delete(name);
    }
  }
}
