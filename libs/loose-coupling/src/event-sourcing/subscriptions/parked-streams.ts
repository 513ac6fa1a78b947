import type { CheckpointMove, CheckpointStore, ParkedEvent } from './checkpoint-store.js';

/** What is parked under a checkpoint, as its holder knows it: nobody else parks, or takes back. */
export class ParkedStreams {
  private events = new Map<number, ParkedEvent>();
  private streams = new Map<string, number>();
  /** As the checkpoint said when the events were read. */
  private replays: string | undefined;

  constructor(
    private readonly checkpoints: CheckpointStore,
    private readonly name: string,
  ) {}

  /** Reads again when somebody has asked for a replay. */
  async refresh(replays: string): Promise<void> {
    if (this.replays === replays) return;
    this.events = new Map();
    this.streams = new Map();
    for (const event of await this.checkpoints.parked(this.name)) this.add(event);
    this.replays = replays;
  }

  has(streamName: string): boolean {
    return this.streams.has(streamName);
  }

  /** Streams that shall be tried again: all their parked events, in order. */
  due(): ParkedEvent[][] {
    const all = [...this.events.values()].toSorted((one, other) => one.position - other.position);
    const names = new Set(all.filter(({ due }) => due).map(({ streamName }) => streamName));
    return Array.from(names, (name) => all.filter(({ streamName }) => streamName === name));
  }

  note({ parked = [], unparked = [] }: Pick<CheckpointMove, 'parked' | 'unparked'>): void {
    for (const event of parked) this.add(event);
    for (const position of unparked) this.remove(position);
  }

  private add(event: ParkedEvent): void {
    this.remove(event.position);
    this.events.set(event.position, event);
    this.streams.set(event.streamName, (this.streams.get(event.streamName) ?? 0) + 1);
  }

  private remove(position: number): void {
    const event = this.events.get(position);
    if (!event) return;
    this.events.delete(position);
    const left = (this.streams.get(event.streamName) ?? 0) - 1;
    if (left > 0) this.streams.set(event.streamName, left);
    else this.streams.delete(event.streamName);
  }
}
