import type { Clock, Timer } from '../../kernel/index.js';

/** Lets one loop wait until there is something to do. A call while nobody waits is remembered. */
export class WakeUp {
  private called = false;
  private wake: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  call(): void {
    this.called = true;
    this.wake?.();
  }

  /** Resolves at the next call, at once when there was one since the last wait, or after `timeout` milliseconds. */
  async wait(timeout?: number): Promise<void> {
    let timer: Timer | undefined;
    if (!this.called) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        if (timeout !== undefined) timer = this.clock.setTimer(resolve, timeout, { unref: true });
      });
    }
    timer?.cancel();
    this.wake = undefined;
    this.called = false;
  }
}
