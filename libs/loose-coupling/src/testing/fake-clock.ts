import { Clock, type Timer } from '../kernel/index.js';

interface PendingTimer extends Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Lets everything that is ready run: promise reactions, and one turn of the event loop. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock that moves only when told to. Timers fire in order of their time; work they start settles in between. */
export class FakeClock extends Clock {
  private readonly timers = new Set<PendingTimer>();
  private elapsed = 0;
  private created = 0;

  constructor(private readonly start: number = Date.UTC(2026, 0, 1)) {
    super();
  }

  /** Whole milliseconds, as the machine's clock gives them, also after a wait with jitter. */
  override now(): number {
    return Math.floor(this.start + this.elapsed);
  }

  override monotonic(): number {
    return this.elapsed;
  }

  override setTimer(callback: () => void, delayMs: number): Timer {
    const timer: PendingTimer = {
      due: this.elapsed + Math.max(0, delayMs),
      order: this.created++,
      callback,
      cancel: () => void this.timers.delete(timer),
    };
    this.timers.add(timer);
    return timer;
  }

  /** Timers that have not fired: 0 shows that nothing leaked. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  /** Moves time forward, firing what falls due, and resolves when what that started has settled. */
  async advance(ms: number): Promise<void> {
    const end = this.elapsed + ms;
    await settle();
    for (let next = this.nextDue(end); next; next = this.nextDue(end)) {
      this.timers.delete(next);
      this.elapsed = Math.max(this.elapsed, next.due);
      next.callback();
      await settle();
    }
    this.elapsed = end;
    await settle();
  }

  private nextDue(end: number): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.timers) {
      if (timer.due > end) continue;
      if (!next || timer.due < next.due || (timer.due === next.due && timer.order < next.order)) next = timer;
    }
    return next;
  }
}
