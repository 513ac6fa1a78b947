import { withAllTenants } from '../tenancy/all-tenants.js';
import type { CheckpointStore, ParkedEvent } from './checkpoint-store.js';

/** Parked events that are in memory at the same time. */
const PAGE = 500;

/**
 * What is parked under a checkpoint, as its holder knows it: nobody else parks, or takes back. Held are names of streams
 * only, however many events of them are parked.
 */
export class ParkedStreams {
  /** How many events are parked of each. */
  private readonly counts = new Map<string, number>();
  /** Of which somebody wants any to be tried again. */
  private readonly wanted = new Set<string>();
  /** As the checkpoint said when the events were read. */
  private replays: string | undefined;

  constructor(
    private readonly checkpoints: CheckpointStore,
    private readonly name: string,
  ) {}

  /** Reads again when somebody has asked for a replay. */
  async refresh(replays: string): Promise<void> {
    if (this.replays === replays) return;
    this.counts.clear();
    this.wanted.clear();
    for await (const { streamName, due } of this.all()) {
      this.add(streamName);
      if (due) this.wanted.add(streamName);
    }
    this.replays = replays;
  }

  has(streamName: string): boolean {
    return this.counts.has(streamName);
  }

  /** All parked events of the streams that shall be tried again, in their order; once. */
  async *due(): AsyncGenerator<ParkedEvent> {
    if (this.wanted.size === 0) return;
    for await (const event of this.all()) if (this.wanted.has(event.streamName)) yield event;
    this.wanted.clear();
  }

  add(streamName: string): void {
    this.counts.set(streamName, (this.counts.get(streamName) ?? 0) + 1);
  }

  remove(streamName: string): void {
    const left = (this.counts.get(streamName) ?? 0) - 1;
    if (left > 0) this.counts.set(streamName, left);
    else this.counts.delete(streamName);
  }

  private async *all(): AsyncGenerator<ParkedEvent> {
    for (let afterPosition = 0; ;) {
      const range = { afterPosition, limit: PAGE };
      const page = await withAllTenants(() => this.checkpoints.parked(this.name, range));
      yield* page;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      afterPosition = last.position;
    }
  }
}
