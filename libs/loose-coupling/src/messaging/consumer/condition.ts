import type { Clock } from '../../kernel/index.js';

/** Lets one caller wait until something holds, or time is up. */
export class Condition {
  private recheck: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  /** To be called after each change that may make it hold. */
  notify(): void {
    this.recheck?.();
  }

  until(holds: () => boolean, timeout: number): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        timer.cancel();
        this.recheck = undefined;
        resolve();
      };
      const timer = this.clock.setTimer(end, timeout);
      this.recheck = () => {
        if (holds()) end();
      };
    });
  }
}
