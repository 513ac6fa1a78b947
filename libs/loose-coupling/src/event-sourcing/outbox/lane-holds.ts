import { backoffDelay, type BackoffOptions } from '../../kernel/index.js';
import { lanesOf } from './lanes-of.js';
import type { OutboxEntry } from './outbox-storage.js';

interface Hold {
  /** Entry to go on with. */
  readonly id: number;
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** Lanes whose first entry could not be published: they wait, each with a growing delay, while others flow. */
export class LaneHolds {
  private readonly held = new Map<string, Hold>();
  private readonly attempts = new Map<number, number>();

  constructor(private readonly backoff: BackoffOptions) {}

  /** Holds the lanes of an entry that failed. */
  fail(entry: OutboxEntry, now: number): void {
    const attempt = (this.attempts.get(entry.id) ?? 0) + 1;
    this.attempts.set(entry.id, attempt);
    this.hold(entry, now + backoffDelay(attempt, this.backoff));
  }

  succeed(entry: OutboxEntry): void {
    this.attempts.delete(entry.id);
  }

  /** Whether the entry must wait; then what comes after it in its other lanes waits for it. */
  catches(entry: OutboxEntry): boolean {
    let until: number | undefined;
    for (const lane of lanesOf(entry)) {
      const hold = this.held.get(lane);
      if (hold && (until === undefined || hold.until > until)) until = hold.until;
    }
    if (until !== undefined) this.hold(entry, until);
    return until !== undefined;
  }

  /** Frees the lanes that are due. Gives the first entry to go on with, if any was freed. */
  free(now: number): number | undefined {
    let first: number | undefined;
    for (const [lane, { id, until }] of this.held) {
      if (until > now) continue;
      this.held.delete(lane);
      if (first === undefined || id < first) first = id;
    }
    return first;
  }

  /** Milliseconds until the next lane is due; undefined when none is held. */
  nextDue(now: number): number | undefined {
    let next: number | undefined;
    for (const { until } of this.held.values()) if (next === undefined || until < next) next = until;
    return next === undefined ? undefined : Math.max(0, next - now);
  }

  private hold(entry: OutboxEntry, until: number): void {
    for (const lane of lanesOf(entry)) if (!this.held.has(lane)) this.held.set(lane, { id: entry.id, until });
  }
}
