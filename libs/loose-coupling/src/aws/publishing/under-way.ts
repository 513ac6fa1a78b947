import type { Clock } from '../../kernel/index.js';

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

  /** The same, or when it has taken so many milliseconds: a call without a time limit of its own must not hold up a shutdown. */
  async settledWithin(timeout: number, clock: Clock): Promise<void> {
    if (this.work.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = clock.setTimer(resolve, timeout);
      void this.settled().then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}
