import type { Clock, Timer } from '../../kernel/index.js';
import type { PollRecord } from './poll-record.js';

const CHECK_EVERY = 10_000;

/** Notices a poller that does nothing though there is room, for whatever reason, and has it begin anew. */
export class PollWatchdog {
  private timer: Timer | undefined;

  constructor(
    private readonly record: PollRecord,
    /** Milliseconds; longer than a receive may take together with the pause after it. */
    readonly limit: number,
    private readonly clock: Clock,
    private readonly restart: () => void,
  ) {}

  start(): void {
    this.timer ??= this.clock.setTimer(() => this.check(), CHECK_EVERY, { unref: true });
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private check(): void {
    this.timer = undefined;
    if (this.record.stillFor >= this.limit) this.restart();
    this.start();
  }
}
