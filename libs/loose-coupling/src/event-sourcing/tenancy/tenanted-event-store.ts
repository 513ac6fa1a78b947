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
import type { InlineHost } from '../projections/inline-read-model.js';
import { isForAllTenants } from './all-tenants.js';
import { currentTenant, requireTenant, tenantUnlessAll } from './tenant.js';
import { TenantView } from './tenant-view.js';
import { WholeFeed } from './whole-feed.js';

/**
 * Tenants that share a store, told apart by the beginning of their keys. Which one is meant is said by the work in
 * progress; work that says so with `withAllTenants` reads all, with names as they are stored: `acme#order-1`.
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
    return (isForAllTenants() ? this.whole : new TenantView(this.inner, requireTenant('A commit'))).commit(commit);
  }

  override readStream(streamName: string, options?: ReadStreamOptions): AsyncIterable<EventEnvelope> {
    return this.stream(streamName).readStream(streamName, options);
  }

  override async aggregateStream<State>(
    streamName: string,
    options: AggregateStreamOptions<State>,
  ): Promise<AggregatedStream<State>> {
    return this.stream(streamName).aggregateStream(streamName, options);
  }

  override readAll(options?: ReadAllOptions): AsyncIterable<EventEnvelope> {
    return this.feed().readAll(options);
  }

  override async lastPosition(): Promise<number> {
    return this.feed().lastPosition();
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
    const tenant = tenantUnlessAll('A copy');
    const stored = whole.asStored?.() ?? this.inner;
    return tenant === undefined ? stored : new TenantView(stored, tenant);
  }

  tenantAtWork(): string | undefined {
    return currentTenant();
  }

  override close(): Promise<void> {
    return this.inner.close();
  }

  private feed(): EventStore {
    return this.view('The feed');
  }

  private stream(streamName: string): EventStore {
    return this.view(`The stream ${JSON.stringify(streamName)}`);
  }

  private view(what: string): EventStore {
    const tenant = tenantUnlessAll(what);
    return tenant === undefined ? this.whole : new TenantView(this.inner, tenant);
  }
}
