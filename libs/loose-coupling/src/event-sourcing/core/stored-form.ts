import {
  EventStore,
  type Commit,
  type EventEnvelope,
  type EventSubscription,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StreamAppendResult,
  type SubscribeToAllOptions,
} from './event-store.js';
import type { EventHandler } from './feed-subscription.js';

/** How to get at a store past its protection. */
export interface StoredAccess {
  commit(commit: Commit): Promise<StreamAppendResult[]>;
  readStream(streamName: string, options: ReadStreamOptions): AsyncIterable<EventEnvelope>;
  readAll(options: ReadAllOptions): AsyncIterable<EventEnvelope>;
  subscribeToAll(handler: EventHandler, options: SubscribeToAllOptions): EventSubscription;
}

/** A store without its protection: what is encrypted is read, and appended, encrypted. Closing it closes the store. */
export class StoredForm extends EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly access: StoredAccess,
  ) {
    super();
  }

  override commit(commit: Commit): Promise<StreamAppendResult[]> {
    return this.access.commit(commit);
  }

  override readStream(streamName: string, options: ReadStreamOptions = {}): AsyncIterable<EventEnvelope> {
    return this.access.readStream(streamName, options);
  }

  override readAll(options: ReadAllOptions = {}): AsyncIterable<EventEnvelope> {
    return this.access.readAll(options);
  }

  override subscribeToAll(handler: EventHandler, options: SubscribeToAllOptions = {}): EventSubscription {
    return this.access.subscribeToAll(handler, options);
  }

  override close(): Promise<void> {
    return this.store.close();
  }
}

/** The stored form of a store that has one; else the store, which then keeps what it is given. */
export function asStored(store: EventStore): EventStore {
  return (store as Partial<{ asStored(): EventStore }>).asStored?.() ?? store;
}
