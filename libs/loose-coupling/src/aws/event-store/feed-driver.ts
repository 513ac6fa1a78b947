import {
  outsideHandlerRun,
  type CommitSignal,
  type CommitWatch,
  type FaultReporter,
} from '../../event-sourcing/runtime.js';
import type { Clock, Timer } from '../../kernel/index.js';
import type { CommitPiece } from './commit-item.js';
import type { FeedPages } from './feed-pages.js';
import type { SequencerLease } from './sequencer-lease.js';
import type { Sequencer } from './sequencer.js';

const FASTEST_POLL_MS = 50;
const SLOWEST_POLL_MS = 800;
const MOST_OFFERS_KEPT = 1000;

export interface FeedDriverParts {
  readonly sequencer: Sequencer;
  readonly lease: SequencerLease;
  readonly pages: FeedPages;
  readonly clock: Clock;
  readonly committed: CommitSignal;
  readonly report: FaultReporter;
}

/** Runs the sequencer: at once for this process's commits, now and then for others', and when somebody must know. */
export class FeedDriver implements CommitWatch {
  private timer: Timer | undefined;
  private interval = FASTEST_POLL_MS;
  private watching = false;
  private closed = false;
  private offersAwaited = false;
  private running: Promise<unknown> = Promise.resolve();
  /** The run that has not begun: whoever asks now is served by it. */
  private next: Promise<void> | undefined;
  private lastSeen = 0;

  constructor(private readonly parts: FeedDriverParts) {}

  /** Commits of this process go in without waiting for the index, if sequencing is its work. */
  offer(pieces: readonly CommitPiece[]): void {
    if (this.closed) return;
    this.parts.sequencer.offer(pieces);
    this.interval = FASTEST_POLL_MS;
    // Nobody here waits for the feed: whoever asks for it later finds them, and others may have the work.
    const awaited = this.watching || this.parts.sequencer.offers > MOST_OFFERS_KEPT;
    if (this.offersAwaited || !awaited) return;
    this.offersAwaited = true;
    void this.enqueue(async () => {
      this.offersAwaited = false;
      await this.placeOffers();
    }).catch((error: unknown) => this.parts.report('Commits could not be put into the feed yet.', error));
  }

  /** Resolves when everything this process stored, and all that the index lists, is in the feed. */
  catchUp(): Promise<void> {
    this.next ??= this.enqueue(async () => {
      this.next = undefined;
      if (await this.parts.sequencer.run(true)) this.parts.committed.ring();
    });
    return this.next;
  }

  start(): void {
    if (this.watching || this.closed) return;
    this.watching = true;
    this.interval = FASTEST_POLL_MS;
    this.schedule();
  }

  stop(): void {
    this.watching = false;
    this.timer?.cancel();
    void this.enqueue(() => this.parts.lease.release()).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.stop();
    await this.running.catch(() => undefined);
  }

  private enqueue<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.running.then(() => outsideHandlerRun(work));
    this.running = result.catch(() => undefined);
    return result;
  }

  private async placeOffers(): Promise<void> {
    const { sequencer, lease, committed } = this.parts;
    if (sequencer.offers === 0) return;
    if (!this.watching) sequencer.forgetOffers();
    else if (!(await lease.take())) sequencer.forgetOffers();
    else if (await sequencer.run(false)) committed.ring();
  }

  private schedule(): void {
    if (!this.watching) return;
    this.timer = this.parts.clock.setTimer(() => void this.look(), this.interval, { unref: true });
  }

  private async look(): Promise<void> {
    try {
      const news = await this.enqueue(() => this.seeOthers());
      this.interval = news ? FASTEST_POLL_MS : Math.min(this.interval * 2, SLOWEST_POLL_MS);
    } catch (error) {
      this.interval = SLOWEST_POLL_MS;
      if (!this.closed) this.parts.report('The feed could not be looked at; trying again.', error);
    }
    this.schedule();
  }

  /** Whether there was anything new. */
  private async seeOthers(): Promise<boolean> {
    const { sequencer, lease, pages, committed } = this.parts;
    if (this.closed) return false;
    if (await lease.take()) {
      const placed = await sequencer.run(true);
      if (placed) committed.ring();
      return placed;
    }
    const to = (await pages.last())?.to ?? 0;
    const grown = to > this.lastSeen;
    this.lastSeen = to;
    if (grown) committed.ring();
    return grown;
  }
}
