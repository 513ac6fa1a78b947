import type { Clock } from '../../kernel/index.js';

/** A call took longer than it may; whether it took effect is not known. */
class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Calls that are given up after a time, or all at once. */
export class TimedCalls {
  private readonly underWay = new Set<(reason: Error) => void>();

  constructor(
    private readonly destination: string,
    private readonly timeout: number,
    private readonly clock: Clock,
  ) {}

  run<Answer>(call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const controller = new AbortController();
      const end = () => {
        timer.cancel();
        this.underWay.delete(giveUp);
      };
      // A call that does not heed its signal must not hold up what waits for it.
      const giveUp = (reason: Error) => {
        end();
        reject(reason);
        controller.abort(reason);
      };
      const timer = this.clock.setTimer(
        () => giveUp(new NoAnswerError(`${this.destination} has not answered for ${this.timeout} ms.`)),
        this.timeout,
      );
      this.underWay.add(giveUp);
      try {
        call(controller.signal).then(resolve, reject).finally(end);
      } catch (error) {
        end();
        reject(error);
      }
    });
  }

  abort(reason: Error): void {
    for (const giveUp of this.underWay) giveUp(reason);
  }
}
