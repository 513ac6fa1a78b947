import { backoffDelay, type Clock } from '../../kernel/index.js';
import { causedBy } from './caused-by.js';
import type { CommitSignal } from './commit-signal.js';
import type { EventEnvelope, EventSubscription } from './event-store.js';
import type { FaultReporter } from './fault-reporter.js';
import { inBackground } from './in-background.js';
import { WakeUp } from './wake-up.js';

const PAGE = 500;
const RETRY = { initialDelay: 100, maxDelay: 30_000, jitter: 'equal' } as const;

/** What a subscription reads from. */
export interface EventFeed {
  readonly clock: Clock;
  readonly committed: CommitSignal;
  readonly report: FaultReporter;
  readAfter(position: number, limit: number): readonly EventEnvelope[] | Promise<readonly EventEnvelope[]>;
}

export type EventHandler = (event: EventEnvelope) => Promise<void> | void;

/** Reads the feed to its end, then waits for more; one event at a time, each until its handler succeeds. */
export class FeedSubscription implements EventSubscription {
  private readonly wakeUp: WakeUp;
  private readonly stopListening: () => void;
  /** Resolves when it was closed and the handler in progress has finished. */
  readonly finished: Promise<void>;
  private closing = false;

  constructor(
    private readonly feed: EventFeed,
    private readonly handler: EventHandler,
    private lastPosition: number,
    private readonly signal?: AbortSignal,
  ) {
    this.wakeUp = new WakeUp(feed.clock);
    this.stopListening = feed.committed.listen(() => this.wakeUp.call());
    signal?.addEventListener('abort', this.stop, { once: true });
    if (signal?.aborted) this.stop();
    this.finished = inBackground(() => this.run());
  }

  get position(): number {
    return this.lastPosition;
  }

  async close(): Promise<void> {
    this.stop();
    await this.finished;
  }

  private readonly stop = (): void => {
    this.closing = true;
    this.stopListening();
    this.signal?.removeEventListener('abort', this.stop);
    this.wakeUp.call();
  };

  private async run(): Promise<void> {
    for (let attempt = 1; !this.closing;) {
      try {
        const page = await this.feed.readAfter(this.lastPosition, PAGE);
        for (const event of page) {
          if (this.closing) return;
          await causedBy(event, () => this.handler(event));
          this.lastPosition = event.position;
          attempt = 1;
        }
        if (page.length === 0 && !this.closing) await this.wakeUp.wait();
      } catch (error) {
        const delay = backoffDelay(attempt++, RETRY);
        this.feed.report(
          `A subscription failed after position ${this.lastPosition}; it goes on in ${delay} ms.`,
          error,
        );
        await this.pause(delay);
      }
    }
  }

  /** Commits do not shorten the wait; closing does. */
  private async pause(delay: number): Promise<void> {
    const end = this.feed.clock.monotonic() + delay;
    for (let left = delay; left > 0 && !this.closing; left = end - this.feed.clock.monotonic()) {
      await this.wakeUp.wait(left);
    }
  }
}
