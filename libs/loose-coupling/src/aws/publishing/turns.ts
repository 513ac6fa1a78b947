/** Work that is done side by side, whose results come, within a group, in the order in which it was begun. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  next<Result>(group: string, work: Promise<Result>): Promise<Result> {
    const turn = (this.last.get(group) ?? Promise.resolve()).then(() => work);
    // Who waits for the turn is told of a failure; those behind it are not held up.
    work.catch(() => undefined);
    const end: Promise<void> = turn
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        if (this.last.get(group) === end) this.last.delete(group);
      });
    this.last.set(group, end);
    return turn;
  }
}
