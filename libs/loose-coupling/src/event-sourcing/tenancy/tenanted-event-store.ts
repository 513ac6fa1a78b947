import {
  EventStore,
  type AggregatedStream,
  type AggregateStreamOptions,
  type Commit,
  type EventEnvelope,
  type EventSubscription,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StreamAppendResult,
  type SubscribeToAllOptions,
} from '../core/event-store.js';
import type { CommitSignal } from '../core/commit-signal.js';
import { MissingTenantError } from '../errors/missing-tenant.error.js';
import type { InlineHost } from '../projections/inline-read-model.js';
import { placeOf } from './stored-names.js';
import { currentTenant, isServiceItself, requireTenant } from './tenant.js';
import { TenantView } from './tenant-view.js';
import { WholeFeed } from './whole-feed.js';

/**
 * Tenants that share a store, told apart by the beginning of their keys. Which one is meant is said by the work in
 * progress. The service's own background work reads the whole feed, with names as they are stored: `acme#order-1`.
 */
export class TenantedEventStore extends EventStore {
  private readonly whole: EventStore;
  /** Of a store that has them; they are given names as they are stored. */
  readonly addReadModel?: InlineHost['addReadModel'];
  readonly addProjection?: (projection: never) => void;
  /** Of whichever tenant; those who follow the whole feed wait for it. */
  readonly committed?: CommitSignal;

  constructor(private readonly inner: EventStore) {
    super();
    this.whole = new WholeFeed(inner);
    const host = inner as Partial<
      InlineHost & { addProjection(projection: never): void; readonly committed: CommitSignal }
    >;
    if (host.committed) this.committed = host.committed;
    if (host.addReadModel) this.addReadModel = (readModel) => host.addReadModel?.(readModel);
    if (host.addProjection) this.addProjection = (projection) => host.addProjection?.(projection);
  }

  override async commit(commit: Commit): Promise<StreamAppendResult[]> {
    return this.view('A commit').commit(commit);
  }

  override readStream(streamName: string, options?: ReadStreamOptions): AsyncIterable<EventEnvelope> {
    return this.of(streamName).readStream(streamName, options);
  }

  override async aggregateStream<State>(
    streamName: string,
    options: AggregateStreamOptions<State>,
  ): Promise<AggregatedStream<State>> {
    return this.of(streamName).aggregateStream(streamName, options);
  }

  override readAll(options?: ReadAllOptions): AsyncIterable<EventEnvelope> {
    return this.feed().readAll(options);
  }

  override lastPosition(): Promise<number> {
    return this.inner.lastPosition();
  }

  override subscribeToAll(
    handler: (event: EventEnvelope) => Promise<void> | void,
    options?: SubscribeToAllOptions,
  ): EventSubscription {
    return this.feed().subscribeToAll(handler, options);
  }

  /** For copies: of the tenant, or of all. */
  asStored(): EventStore {
    const whole = this.inner as Partial<{ asStored(): EventStore }>;
    const tenant = currentTenant();
    const stored = whole.asStored?.() ?? this.inner;
    return tenant === undefined ? stored : new TenantView(stored, tenant);
  }

  override close(): Promise<void> {
    return this.inner.close();
  }

  private view(what: string): EventStore {
    return new TenantView(this.inner, requireTenant(what));
  }

  private feed(): EventStore {
    return currentTenant() === undefined && isServiceItself() ? this.whole : this.view('The feed');
  }

  private of(streamName: string): EventStore {
    const what = `The stream ${JSON.stringify(streamName)}`;
    if (currentTenant() !== undefined) return this.view(what);
    if (isServiceItself() && placeOf(streamName).tenant !== undefined) return this.whole;
    throw new MissingTenantError(what);
  }
}
