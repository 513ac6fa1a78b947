import type { EventEnvelope } from '../core/event-store.js';
import type { ParkedEvent, ParkedRange } from './checkpoint-store.js';
import { checkpointNames, partitionOf } from './partition.js';
import { lagOf, type SubscriptionLag } from './subscription-lag.js';
import type { SubscriptionContext, SubscriptionParts } from './subscription-parts.js';
import { SubscriptionRunner } from './subscription-runner.js';

/**
 * A named reader of the feed that goes on where it, or another process under the same name, has ended. Of all processes
 * one works at a time, in each partition.
 */
export class PersistentSubscription {
  readonly name: string;
  private readonly names: readonly string[];
  private readonly runners: readonly SubscriptionRunner[];
  private running = 0;

  /** Use `PersistentSubscriptions`. */
  constructor(private readonly parts: SubscriptionParts) {
    const { name, partitions } = parts.options;
    this.name = name;
    this.names = checkpointNames(name, partitions);
    const counted: SubscriptionParts = { ...parts, handler: (event, context) => this.handle(event, context) };
    this.runners = this.names.map(
      (checkpoint, index) =>
        new SubscriptionRunner(
          counted,
          checkpoint,
          ({ streamName }) => partitions === 1 || partitionOf(streamName, partitions) === index,
        ),
    );
  }

  /** How many handlers run in this process now. */
  get handling(): number {
    return this.running;
  }

  start(): this {
    for (const runner of this.runners) runner.start();
    return this;
  }

  /** Resolves when the handlers in progress have finished; others may take over at once. */
  async close(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.stop()));
  }

  /** Of all processes together. */
  lag(): Promise<SubscriptionLag> {
    return lagOf(this.names, this.parts);
  }

  /** Events that were set aside, in the order of the feed. */
  async parked(range: ParkedRange = {}): Promise<ParkedEvent[]> {
    const found = await Promise.all(this.names.map((name) => this.parts.checkpoints.parked(name, range)));
    return found
      .flat()
      .toSorted((one, other) => one.position - other.position)
      .slice(0, range.limit);
  }

  /**
   * Has parked events handled again, of one stream or of all, in their order, by whichever process holds the
   * subscription. Resolves to their number, before that has happened.
   */
  async replayParked(streamName?: string): Promise<number> {
    const counts = await Promise.all(this.names.map((name) => this.parts.checkpoints.replayParked(name, streamName)));
    for (const runner of this.runners) runner.lookAgain();
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private async handle(event: EventEnvelope, context: SubscriptionContext): Promise<void> {
    this.running += 1;
    try {
      await this.parts.handler(event, context);
    } finally {
      this.running -= 1;
    }
  }
}
