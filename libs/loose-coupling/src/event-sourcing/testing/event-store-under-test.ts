import type { Clock } from '../../kernel/index.js';
import type { MessageEnvelope } from '../../messaging/index.js';
import type { EventEnvelope, EventStore, EventToAppend, OutgoingMessage } from '../core/event-store.js';
import type { Inbox } from '../inbox/inbox.js';
import type { ProcessIndex } from '../core/process-index.js';
import type { OutboxStorage } from '../outbox/outbox-storage.js';
import type { CheckpointStore } from '../subscriptions/checkpoint-store.js';
import type { SnapshotStore } from '../snapshots/snapshot-store.js';

/** A fresh, empty store, made for one test. */
export interface EventStoreUnderTest {
  readonly store: EventStore;
  /** Another way to the same data: of a store that is shared, a second connection. Else the same. */
  readonly other: EventStore;
  readonly outbox: OutboxStorage;
  readonly inbox: Inbox;
  /** Absent in a store that cannot hold process managers. */
  readonly processes?: ProcessIndex;
  readonly checkpoints: CheckpointStore;
  readonly snapshots: SnapshotStore;
  /** What the kind of store does otherwise. */
  readonly traits?: {
    /** Positions are given after the commit, so that appending resolves without one. */
    readonly positionsLater?: boolean;
    /** Ids that the store made itself are not looked up when a caller brings one. */
    readonly generatedIdsUnguarded?: boolean;
  };
  readonly clock: Clock;
  /** Moves the clock, and lets what falls due happen. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

export type EventStoreFactory = () => Promise<EventStoreUnderTest>;

export const event = (type: string, data: unknown = { of: type }): EventToAppend => ({ type, data });

export const events = (count: number): EventToAppend[] =>
  Array.from({ length: count }, (_, index) => event('counted', { number: index + 1 }));

export const message = (id: string, streamName?: string): OutgoingMessage => ({
  kind: 'event',
  destination: 'shop.tested',
  fifo: false,
  envelope: {
    specversion: '1.0',
    id,
    source: 'test',
    type: 'shop.tested',
    time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json',
    data: { id },
  } satisfies MessageEnvelope,
  ...(streamName !== undefined && { streamName }),
});

export async function collect(source: AsyncIterable<EventEnvelope>): Promise<EventEnvelope[]> {
  const found: EventEnvelope[] = [];
  for await (const envelope of source) found.push(envelope);
  return found;
}

export const read = (store: EventStore, streamName: string): Promise<EventEnvelope[]> =>
  collect(store.readStream(streamName));

/** The error's stable code; fails when nothing was thrown. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
  throw new Error('Expected a rejection, but the promise was fulfilled.');
}
