/** Work that a shutdown waits for. */
export class UnderWay {
  private readonly work = new Set<Promise<unknown>>();

  track<Result>(work: Promise<Result>): Promise<Result> {
    const end: Promise<void> = work
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => void this.work.delete(end));
    this.work.add(end);
    return work;
  }

  /** Resolves when what is under way now has ended, however. */
  async settled(): Promise<void> {
    await Promise.all(this.work);
  }
}
