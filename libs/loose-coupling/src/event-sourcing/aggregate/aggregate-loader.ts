import { countsBytes, snapshotRevision, type SnapshotOptions } from '../snapshots/snapshot-policy.js';
import type { Snapshot } from '../snapshots/snapshot-store.js';
import type { Snapshots } from '../snapshots/snapshots.js';
import { jsonBytes, type LoadedStream, type StreamLoader } from '../snapshots/stream-loader.js';
import { AggregateFold, classOf, streamNameOf, type Pending } from './aggregate-events.js';
import { aggregateModelOf } from './aggregate-model.js';
import { restoreState, stateOf } from './aggregate-snapshots.js';
import { INTERNALS, type AggregateClass, type EventSourced } from './event-sourced.js';

/** Makes aggregates of what is stored, and snapshots of aggregates. */
export class AggregateLoader {
  constructor(
    private readonly streams: StreamLoader,
    private readonly snapshots: Snapshots,
  ) {}

  /** Resolves to undefined when there is none. */
  async load<A extends EventSourced>(aggregateClass: AggregateClass<A>, id: string): Promise<A | undefined> {
    const loaded = await this.loadStream(aggregateClass, id);
    if (!loaded) return undefined;
    const { version, events, bytes } = loaded.since;
    // Upcasters may have split or dropped events; what the next commit expects is the stored version.
    Object.assign(loaded.result[INTERNALS], { version, snapshotVersion: version - events, bytesSince: bytes });
    return loaded.result;
  }

  /** After the commit, and not part of it. */
  snapshotIfDue({ aggregate, streamName, events }: Pending): void {
    const aggregateClass = classOf(aggregate);
    const options = aggregateModelOf(aggregateClass).snapshot as SnapshotOptions<EventSourced> | undefined;
    if (!options || events.length === 0) return;
    const internals = aggregate[INTERNALS];
    if (countsBytes(options)) for (const event of events) internals.bytesSince += jsonBytes(event);
    const { version, snapshotVersion, bytesSince } = internals;
    const since = { version, events: version - snapshotVersion, bytes: bytesSince };
    const occasion = { kind: aggregateClass.name, streamName, options, state: aggregate, since };
    const revision = snapshotRevision(options);
    const make = () => this.make(aggregateClass, aggregate.id, streamName, revision);
    if (!this.snapshots.writeIfDue(occasion, make)) return;
    Object.assign(internals, { snapshotVersion: version, bytesSince: 0 });
  }

  private async make(
    aggregateClass: AggregateClass,
    id: string,
    streamName: string,
    revision: number,
  ): Promise<Snapshot | undefined> {
    const loaded = await this.loadStream(aggregateClass, id);
    if (!loaded || loaded.since.events === 0) return undefined;
    const { result, lastEventId, since } = loaded;
    return { streamName, revision, version: since.version, eventId: lastEventId, state: stateOf(result) };
  }

  private loadStream<A extends EventSourced>(
    aggregateClass: AggregateClass<A>,
    id: string,
  ): Promise<LoadedStream<A> | undefined> {
    const streamName = streamNameOf(aggregateClass, id);
    return this.streams.load(streamName, aggregateModelOf(aggregateClass).snapshot, (snapshot) => {
      const aggregate = new aggregateClass(id);
      if (snapshot) restoreState(aggregate, snapshot.state);
      return new AggregateFold(aggregate, streamName);
    });
  }
}
