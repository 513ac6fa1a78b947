import {
  EventStore,
  MemoryEventStore,
  type Commit,
  type EventEnvelope,
  type EventSubscription,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StreamAppendResult,
  type SubscribeToAllOptions,
} from 'nestjs-loose-coupling/event-sourcing';
import { FakeClock, type EventStoreContractPart, type EventStoreUnderTest } from 'nestjs-loose-coupling/testing';

/** A store of another kind, made of nothing but what the package exports: it counts what was asked of another one. */
export class AuditedEventStore extends EventStore {
  commits = 0;

  constructor(private readonly inner: EventStore) {
    super();
  }

  override commit(commit: Commit): Promise<StreamAppendResult[]> {
    this.commits += 1;
    return this.inner.commit(commit);
  }

  override readStream(streamName: string, options?: ReadStreamOptions): AsyncIterable<EventEnvelope> {
    return this.inner.readStream(streamName, options);
  }

  override readAll(options?: ReadAllOptions): AsyncIterable<EventEnvelope> {
    return this.inner.readAll(options);
  }

  override subscribeToAll(
    handler: (event: EventEnvelope) => Promise<void> | void,
    options?: SubscribeToAllOptions,
  ): EventSubscription {
    return this.inner.subscribeToAll(handler, options);
  }

  override close(): Promise<void> {
    return this.inner.close();
  }
}

export async function openAudited(): Promise<EventStoreUnderTest> {
  const clock = new FakeClock();
  const inner = new MemoryEventStore({ clock });
  const store = new AuditedEventStore(inner);
  const { outbox, inbox, checkpoints, snapshots } = inner;
  const advance = (ms: number) => clock.advance(ms);
  return { store, other: store, outbox, inbox, checkpoints, snapshots, clock, advance, close: () => store.close() };
}

/** What it does by itself. */
export const AUDITED_PARTS: readonly EventStoreContractPart[] = [
  'appending',
  'reading',
  'subscribing',
  'copying',
  'its outbox',
  'its inbox',
  'its snapshots',
];
