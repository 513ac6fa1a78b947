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
import { asStored } from '../core/stored-form.js';
import { LateSubscription } from './late-subscription.js';
import { checkTenantOfEvents } from './check-tenant-of-events.js';
import { currentTenant, requireTenant } from './tenant.js';
import type { TenantStores } from './tenant-stores.js';

/** Each tenant's own store; which one is meant is said by the work in progress. */
export class StorePerTenant extends EventStore {
  /** There is no order among stores, so nobody reads the feeds of all as one. */
  readonly hasWholeFeed = false;

  constructor(
    private readonly tenants: TenantStores,
    private readonly viewOf: (store: EventStore) => EventStore = (store) => store,
  ) {
    super();
  }

  override async commit(commit: Commit): Promise<StreamAppendResult[]> {
    const tenant = requireTenant('A commit');
    checkTenantOfEvents(commit, tenant);
    return this.tenants.use(tenant, ({ events }) => this.viewOf(events).commit(commit));
  }

  override readStream(streamName: string, options?: ReadStreamOptions): AsyncIterable<EventEnvelope> {
    const tenant = requireTenant(`The stream ${JSON.stringify(streamName)}`);
    return this.reading(tenant, (store) => store.readStream(streamName, options));
  }

  override async aggregateStream<State>(
    streamName: string,
    options: AggregateStreamOptions<State>,
  ): Promise<AggregatedStream<State>> {
    const tenant = requireTenant(`The stream ${JSON.stringify(streamName)}`);
    return this.tenants.use(tenant, ({ events }) => this.viewOf(events).aggregateStream(streamName, options));
  }

  override readAll(options?: ReadAllOptions): AsyncIterable<EventEnvelope> {
    return this.reading(requireTenant('The feed'), (store) => store.readAll(options));
  }

  override async lastPosition(): Promise<number> {
    return this.tenants.use(requireTenant('The feed'), ({ events }) => events.lastPosition());
  }

  override subscribeToAll(
    handler: (event: EventEnvelope) => Promise<void> | void,
    options?: SubscribeToAllOptions,
  ): EventSubscription {
    const opening = this.tenants.acquire(requireTenant('The feed'));
    return new LateSubscription(
      opening,
      ({ events }) => this.viewOf(events).subscribeToAll(handler, options),
      options?.afterPosition,
    );
  }

  /** For copies of one tenant. */
  asStored(): EventStore {
    return new StorePerTenant(this.tenants, asStored);
  }

  tenantAtWork(): string | undefined {
    return currentTenant();
  }

  override close(): Promise<void> {
    return this.tenants.close();
  }

  private async *reading(
    tenant: string,
    read: (store: EventStore) => AsyncIterable<EventEnvelope>,
  ): AsyncGenerator<EventEnvelope> {
    const { stores, release } = await this.tenants.acquire(tenant);
    try {
      yield* read(this.viewOf(stores.events));
    } finally {
      release();
    }
  }
}
