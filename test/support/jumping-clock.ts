import { Clock, type Timer } from '../../libs/loose-coupling/src/kernel/index.js';

interface PendingTimer extends Timer {
  readonly due: number;
  readonly callback: () => void;
}

/**
 * Stands still between timers, and can be moved ahead: for tests over the wire, where timers must fire while replies
 * take real time, but waits of minutes must not.
 */
export class JumpingClock extends Clock {
  private readonly timers = new Set<PendingTimer>();
  private readonly start = Date.now();
  private elapsed = 0;

  /** `quiet` resolves when nothing is on its way. */
  constructor(private readonly quiet: () => Promise<void>) {
    super();
  }

  override now(): number {
    return this.start + this.elapsed;
  }

  override monotonic(): number {
    return this.elapsed;
  }

  override setTimer(callback: () => void, delayMs: number, options: { unref?: boolean } = {}): Timer {
    const fire = () => {
      timer.cancel();
      this.elapsed = Math.max(this.elapsed, timer.due);
      callback();
    };
    const real = setTimeout(fire, Math.max(0, delayMs));
    if (options.unref) real.unref();
    const timer: PendingTimer = {
      due: this.monotonic() + Math.max(0, delayMs),
      callback: fire,
      cancel: () => {
        clearTimeout(real);
        this.timers.delete(timer);
      },
    };
    this.timers.add(timer);
    return timer;
  }

  /** Fires what falls due, one after the other, each when what the one before started has settled. */
  async advance(ms: number): Promise<void> {
    const end = this.monotonic() + ms;
    await this.quiet();
    for (let next = this.nextDue(end); next; next = this.nextDue(end)) {
      next.callback();
      await this.quiet();
    }
    this.elapsed = Math.max(this.elapsed, end);
    await this.quiet();
  }

  private nextDue(end: number): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.timers) if (timer.due <= end && (!next || timer.due < next.due)) next = timer;
    return next;
  }
}
