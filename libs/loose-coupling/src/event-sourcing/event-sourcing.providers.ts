import { Logger, type InjectionToken, type Provider } from '@nestjs/common';
import { Clock } from '../kernel/index.js';
import { MessageMiddlewareRegistry, MessageTransport } from '../messaging/index.js';
import { EventStore, type EventEnvelope } from './core/event-store.js';
import type { FaultReporter } from './core/fault-reporter.js';
import { EVENT_SOURCING_OPTIONS, type EventSourcingOptions } from './event-sourcing-options.js';
import { createStores } from './create-stores.js';
import { EVENT_SOURCING_STORES, type EventSourcingStores } from './event-sourcing-stores.js';
import { EventTypeRegistry } from './event-types/event-type.registry.js';
import { Inbox } from './inbox/inbox.js';
import { InboxMiddleware } from './inbox/inbox.middleware.js';
import { OutboxRelay } from './outbox/outbox-relay.js';
import type { OutboxEntry } from './outbox/outbox-storage.js';
import { Outbox } from './outbox/outbox.js';
import { OutgoingMessageFactory } from './outbox/outgoing-message.factory.js';
import { RelayedOutbox } from './outbox/relayed-outbox.js';
import { Projections } from './projections/projections.js';
import { CheckpointStore } from './subscriptions/checkpoint-store.js';
import { PersistentSubscriptions } from './subscriptions/persistent-subscriptions.js';
import { ProcessManagers } from './process-manager/process-managers.js';
import { SnapshotStore } from './snapshots/snapshot-store.js';
import { Snapshots } from './snapshots/snapshots.js';
import { DataSubjects } from './personal-data/data-subjects.js';
import { currentTenant, requireTenant } from './tenancy/tenant.js';
import { TenantOutboxes } from './tenancy/tenant-outboxes.js';
import { TenantRelays } from './tenancy/tenant-relays.js';
import { TenantedOutbox } from './tenancy/tenanted-outbox.js';
import { TenantedInbox } from './tenancy/tenanted-inbox.js';
import { EventUpcasters } from './upcasting/event-upcasters.js';

const logger = new Logger('LooseCoupling');
const report: FaultReporter = (message, error) => logger.warn(`${message} ${String(error)}`);

/**
 * Needs `EVENT_SOURCING_OPTIONS`, `Clock`, `MessageTransport` and `MessageMiddlewareRegistry` beside it. Whoever
 * composes them starts `OutboxRelay`, `PersistentSubscriptions`, `Projections` and `ProcessManagers` once messaging is
 * provisioned, stops them when consumers have drained and before the transport closes, and closes `EventStore` last.
 */
export const eventSourcingProviders: Provider[] = [
  EventTypeRegistry,
  EventUpcasters,
  {
    provide: EVENT_SOURCING_STORES,
    useFactory: (options: EventSourcingOptions, clock: Clock) => createStores(options, clock, report),
    inject: [EVENT_SOURCING_OPTIONS, Clock],
  },
  {
    provide: SnapshotStore,
    useFactory: ({ snapshots }: EventSourcingStores) => snapshots,
    inject: [EVENT_SOURCING_STORES],
  },
  { provide: Snapshots, useFactory: (store: SnapshotStore) => new Snapshots(store, report), inject: [SnapshotStore] },
  { provide: EventStore, useFactory: ({ events }: EventSourcingStores) => events, inject: [EVENT_SOURCING_STORES] },
  {
    provide: OutgoingMessageFactory,
    useFactory: ({ service }: EventSourcingOptions, clock: Clock, { personalData }: EventSourcingStores) =>
      new OutgoingMessageFactory(service, clock, personalData?.messages),
    inject: [EVENT_SOURCING_OPTIONS, Clock, EVENT_SOURCING_STORES],
  },
  {
    provide: OutboxRelay,
    useFactory: (
      { outbox, tenants }: EventSourcingStores,
      options: EventSourcingOptions,
      transport: MessageTransport,
      clock: Clock,
      registry: MessageMiddlewareRegistry,
    ) => {
      const parts = {
        transport,
        clock,
        report,
        tracing: registry,
        onPublished: (entry: OutboxEntry) => tellObservers(registry, entry),
        ...(options.outbox && { options: options.outbox }),
      };
      if (!tenants) return new OutboxRelay({ ...parts, storage: outbox });
      return new TenantRelays(tenants, parts, firstTenants(options));
    },
    inject: [EVENT_SOURCING_STORES, EVENT_SOURCING_OPTIONS, MessageTransport, Clock, MessageMiddlewareRegistry],
  },
  {
    provide: Outbox,
    useFactory: ({ outbox, tenants, tenancy }: EventSourcingStores, relay: OutboxRelay, clock: Clock) => {
      if (tenants) return new TenantOutboxes(tenants, relay, clock);
      const relayed = new RelayedOutbox(outbox, relay, clock);
      return tenancy ? new TenantedOutbox(relayed) : relayed;
    },
    inject: [EVENT_SOURCING_STORES, OutboxRelay, Clock],
  },
  {
    provide: ProcessManagers,
    useFactory: (stores: EventSourcingStores, events: EventStore, messages: OutgoingMessageFactory, clock: Clock) =>
      new ProcessManagers({ events, index: stores.processes, messages, clock, report }),
    inject: [EVENT_SOURCING_STORES, EventStore, OutgoingMessageFactory, Clock],
  },
  {
    provide: Inbox,
    useFactory: ({ inbox, tenancy }: EventSourcingStores, registry: MessageMiddlewareRegistry) => {
      const shared = tenancy?.type === 'prefix';
      const middleware = new InboxMiddleware(inbox, shared ? currentTenant : undefined);
      registry.use(middleware);
      registry.answers = middleware;
      return shared ? new TenantedInbox(inbox) : inbox;
    },
    inject: [EVENT_SOURCING_STORES, MessageMiddlewareRegistry],
  },
  {
    provide: CheckpointStore,
    useFactory: ({ checkpoints }: EventSourcingStores) => checkpoints,
    inject: [EVENT_SOURCING_STORES],
  },
  {
    provide: PersistentSubscriptions,
    useFactory: (store: EventStore, checkpoints: CheckpointStore, clock: Clock, upcasters: EventUpcasters) =>
      new PersistentSubscriptions({
        store,
        checkpoints,
        clock,
        report,
        upcast: (event) => upcasters.upcast(event),
        typesOf: (event) => upcasters.typesOf(event),
      }),
    inject: [EventStore, CheckpointStore, Clock, EventUpcasters],
  },
  {
    provide: Projections,
    useFactory: (
      store: EventStore,
      checkpoints: CheckpointStore,
      subscriptions: PersistentSubscriptions,
      clock: Clock,
      upcasters: EventUpcasters,
    ) => {
      const upcast = (event: EventEnvelope) => upcasters.upcast(event);
      return new Projections({ store, checkpoints, subscriptions, clock, upcast, report });
    },
    inject: [EventStore, CheckpointStore, PersistentSubscriptions, Clock, EventUpcasters],
  },
  {
    provide: DataSubjects,
    useFactory: (
      { personalData, events, tenancy }: EventSourcingStores,
      types: EventTypeRegistry,
      registry: MessageMiddlewareRegistry,
    ) => {
      if (!personalData) return new DataSubjects(undefined);
      personalData.rules.lookUpClassesIn(types);
      registry.protection = personalData.messages;
      const tenantOf = () => (tenancy ? requireTenant('A subject') : undefined);
      return new DataSubjects({ keys: personalData.keys, events, tenantOf });
    },
    inject: [EVENT_SOURCING_STORES, EventTypeRegistry, MessageMiddlewareRegistry],
  },
];

/** What an application, and the features of other modules, may inject. */
export const eventSourcingExports: InjectionToken[] = [
  EVENT_SOURCING_STORES,
  EventStore,
  Outbox,
  Inbox,
  OutboxRelay,
  OutgoingMessageFactory,
  ProcessManagers,
  EventTypeRegistry,
  EventUpcasters,
  SnapshotStore,
  Snapshots,
  CheckpointStore,
  PersistentSubscriptions,
  Projections,
  DataSubjects,
];

function firstTenants({ tenancy }: EventSourcingOptions): () => readonly string[] | Promise<readonly string[]> {
  const { tenants = [] } = tenancy?.type === 'store' ? tenancy : {};
  return typeof tenants === 'function' ? tenants : () => tenants;
}

function tellObservers(registry: MessageMiddlewareRegistry, { envelope }: OutboxEntry): void {
  for (const observer of registry.observers) {
    try {
      observer.published({ type: envelope.type, envelope });
    } catch {
      // The message is on its way, whatever an observer makes of it.
    }
  }
}
