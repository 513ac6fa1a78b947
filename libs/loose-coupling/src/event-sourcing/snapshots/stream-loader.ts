import { utf8Length } from '../../kernel/index.js';
import type { EventEnvelope, EventStore } from '../core/event-store.js';
import type { EventUpcasters } from '../upcasting/event-upcasters.js';
import { countsBytes, snapshotRevision, type SinceSnapshot, type SnapshotOptions } from './snapshot-policy.js';
import type { Snapshot } from './snapshot-store.js';
import type { Snapshots } from './snapshots.js';

/** What takes the events of a stream. */
export interface StreamFold<Result> {
  take(event: EventEnvelope): void;
  end(): Result;
}

/** Begins at the state of a snapshot, or at the beginning; throws when it cannot make anything of that state. */
export type BeginFold<Result> = (snapshot?: Pick<Snapshot, 'state'>) => StreamFold<Result>;

export interface LoadedStream<Result> {
  readonly result: Result;
  /** Id of the last event that is stored. */
  readonly lastEventId: string;
  readonly since: SinceSnapshot;
}

/** Reads a stream to its end, in the shape of today: from its snapshot where there is one to be trusted. */
export class StreamLoader {
  constructor(
    private readonly events: EventStore,
    private readonly upcasters: EventUpcasters,
    private readonly snapshots: Snapshots,
  ) {}

  /** Resolves to undefined when the stream has no events. */
  async load<Result>(
    streamName: string,
    options: SnapshotOptions<never> | undefined,
    begin: BeginFold<Result>,
  ): Promise<LoadedStream<Result> | undefined> {
    const countBytes = countsBytes(options);
    const snapshot = options && (await this.snapshots.load(streamName, snapshotRevision(options)));
    const fold = snapshot && this.restore(streamName, snapshot, begin);
    const loaded = fold && (await this.read(streamName, fold, countBytes, snapshot));
    return loaded ?? this.read(streamName, begin(), countBytes);
  }

  private restore<Result>(
    streamName: string,
    snapshot: Snapshot,
    begin: BeginFold<Result>,
  ): StreamFold<Result> | undefined {
    try {
      return begin(snapshot);
    } catch (error) {
      this.snapshots.report(`The snapshot of ${streamName} does not fit; raise snapshot.revision.`, error);
      return undefined;
    }
  }

  /**
   * With a snapshot it begins at the snapshot's own event, which tells whether it was made of this stream: one of a
   * store that was put back to an earlier state may be ahead of it, or of events that are gone.
   */
  private async read<Result>(
    streamName: string,
    fold: StreamFold<Result>,
    countBytes: boolean,
    snapshot?: Snapshot,
  ): Promise<LoadedStream<Result> | undefined> {
    const reading = new StreamReading(this.upcasters, fold, countBytes, snapshot);
    await this.events.aggregateStream(streamName, {
      fromVersion: reading.start,
      initialState: () => reading,
      evolve: (_, stored) => reading.take(stored),
    });
    return reading.end();
  }
}

/** One way through a stream. */
class StreamReading<Result> {
  readonly start: number;
  private last: EventEnvelope | undefined;
  private foreign = false;
  private bytes = 0;
  /** From the first event whose upcaster has to be waited for. */
  private waiting: ReturnType<EventUpcasters['upcast']> | undefined;
  private readonly behind: EventEnvelope[] = [];

  constructor(
    private readonly upcasters: EventUpcasters,
    private readonly fold: StreamFold<Result>,
    private readonly countBytes: boolean,
    private readonly snapshot: Snapshot | undefined,
  ) {
    this.start = snapshot?.version ?? 0;
  }

  take(stored: EventEnvelope): this {
    const isFirst = this.last === undefined;
    this.last = stored;
    if (isFirst && this.snapshot) {
      this.foreign = stored.version !== this.start || stored.id !== this.snapshot.eventId;
    } else if (!this.foreign) this.takeNext(stored);
    return this;
  }

  async end(): Promise<LoadedStream<Result> | undefined> {
    if (!this.last || this.foreign) return undefined;
    if (this.waiting) {
      this.takeAll(await this.waiting);
      for (const stored of this.behind) this.takeAll(await this.upcasters.upcast(stored));
    }
    const { id, version } = this.last;
    const since = { version, events: version - this.start, bytes: this.bytes };
    return { result: this.fold.end(), lastEventId: id, since };
  }

  private takeNext(stored: EventEnvelope): void {
    if (this.countBytes) this.bytes += jsonBytes(stored.data);
    if (this.waiting) {
      this.behind.push(stored);
      return;
    }
    const events = this.upcasters.upcast(stored);
    if (!(events instanceof Promise)) return this.takeAll(events);
    // Awaited at the end; until then its failure is nobody's.
    events.catch(() => undefined);
    this.waiting = events;
  }

  private takeAll(events: readonly EventEnvelope[]): void {
    for (const event of events) this.fold.take(event);
  }
}

export const jsonBytes = (data: unknown): number => utf8Length(JSON.stringify(data) ?? '');
