import type { Clock } from '../../kernel/index.js';

/** When receives were made and answered, and since when there has been room for one. */
export class PollRecord {
  /** Epoch milliseconds of the last receive that answered; none before the first. */
  lastSuccessfulPoll: number | undefined;
  /** Epoch milliseconds of the first of the receives that failed in a row. */
  failingSince: number | undefined;
  // By the monotonic clock: that of the wall may be set.
  private succeededAt = -Infinity;
  private activeAt = -Infinity;
  private roomSince: number | undefined;

  constructor(private readonly clock: Clock) {}

  /** Whether a receive is under way or ought to be: not when every handler is busy, nor when nothing is to be received. */
  hasRoom(room: boolean): void {
    if (!room) this.roomSince = undefined;
    else this.roomSince ??= this.clock.monotonic();
  }

  /** A receive has begun, or ended in whichever way. */
  active(): void {
    this.activeAt = this.clock.monotonic();
  }

  succeeded(): void {
    this.active();
    this.lastSuccessfulPoll = this.clock.now();
    this.succeededAt = this.clock.monotonic();
    this.failingSince = undefined;
  }

  failed(): void {
    this.active();
    this.failingSince ??= this.clock.now();
  }

  /** Milliseconds since the last receive that answered, or since there has been room for the next; none without room. */
  get age(): number | undefined {
    return this.since(this.succeededAt);
  }

  /** Milliseconds for which nothing has happened though there is room. */
  get stillFor(): number {
    return this.since(this.activeAt) ?? 0;
  }

  private since(time: number): number | undefined {
    return this.roomSince === undefined ? undefined : this.clock.monotonic() - Math.max(time, this.roomSince);
  }
}
