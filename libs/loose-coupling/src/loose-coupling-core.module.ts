import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { AwsTransport, DynamoDbCircuitStateStore } from './aws/index.js';
import {
  EVENT_SOURCING_OPTIONS,
  EVENT_SOURCING_STORES,
  eventSourcingExports,
  eventSourcingProviders,
} from './event-sourcing/runtime.js';
import { Clock, InvalidOptionsError } from './kernel/index.js';
import { LooseCouplingLifecycle } from './loose-coupling.lifecycle.js';
import { LOOSE_COUPLING_OPTIONS } from './loose-coupling.tokens.js';
import {
  EventBridgeAdapter,
  LocalTransport,
  MESSAGING_OPTIONS,
  MessageMiddlewareRegistry,
  MessageTransport,
  openLocalBroker,
  SnsAdapter,
  SqsAdapter,
  tracedAdapters,
  type TransportAdapters,
} from './messaging/index.js';
import { requestedAdapterProviders, requestedAdapterTokens } from './messaging/adapters/adapter.providers.js';
import { messagingExports, messagingProviders } from './messaging/messaging.providers.js';
import { MessageTracing } from './observability/index.js';
import { placeNearest } from './module-order.js';
import { openEventSourcingStores } from './open-event-sourcing-stores.js';
import { MessagingHealthIndicator, ResilienceHealthIndicator } from './health/index.js';
import { CircuitStateStore } from './resilience/state/circuit-state-store.js';
import { openCircuitStateStore } from './resilience/state/open-circuit-state-store.js';
import { RESILIENCE_SETTINGS } from './resilience/nest/resilience-module.options.js';
import { resilienceExports, resilienceProviders } from './resilience/nest/resilience.providers.js';
import { RESOLVED_OPTIONS, resolveOptions, type ResolvedOptions } from './resolve-options.js';
import {
  requestedServiceProviders,
  requestedServiceTokens,
  SERVICES_OPTIONS,
  servicesExports,
  servicesProviders,
} from './services/nest/services.providers.js';
import { resolveDataFile } from './sqlite/index.js';

const TRANSPORT_ADAPTERS = Symbol.for('nestjs-loose-coupling:transport-adapters');

const providers: Provider[] = [
  { provide: RESOLVED_OPTIONS, useFactory: resolveOptions, inject: [LOOSE_COUPLING_OPTIONS] },
  { provide: MESSAGING_OPTIONS, useFactory: ({ messaging }: ResolvedOptions) => messaging, inject: [RESOLVED_OPTIONS] },
  {
    provide: EVENT_SOURCING_OPTIONS,
    useFactory: ({ eventSourcing }: ResolvedOptions) => eventSourcing,
    inject: [RESOLVED_OPTIONS],
  },
  {
    provide: RESILIENCE_SETTINGS,
    useFactory: ({ resilience }: ResolvedOptions) => resilience,
    inject: [RESOLVED_OPTIONS],
  },
  { provide: Clock, useFactory: ({ clock }: ResolvedOptions) => clock, inject: [RESOLVED_OPTIONS] },
  { provide: CircuitStateStore, useFactory: openCircuitStore, inject: [RESOLVED_OPTIONS, Clock] },
  { provide: MessageTransport, useFactory: openTransport, inject: [RESOLVED_OPTIONS, Clock] },
  {
    provide: TRANSPORT_ADAPTERS,
    useFactory: openAdapters,
    inject: [MessageTransport, RESOLVED_OPTIONS, MessageMiddlewareRegistry],
  },
  { provide: SqsAdapter, useFactory: ({ sqs }: TransportAdapters) => sqs, inject: [TRANSPORT_ADAPTERS] },
  { provide: SnsAdapter, useFactory: ({ sns }: TransportAdapters) => sns, inject: [TRANSPORT_ADAPTERS] },
  {
    provide: EventBridgeAdapter,
    useFactory: ({ eventBridge }: TransportAdapters) => eventBridge,
    inject: [TRANSPORT_ADAPTERS],
  },
  ...resilienceProviders,
  ResilienceHealthIndicator,
  MessagingHealthIndicator,
  ...messagingProviders,
  {
    provide: MessageTracing,
    useFactory: openTracing,
    inject: [RESOLVED_OPTIONS, MessageTransport, MessageMiddlewareRegistry],
  },
  ...eventSourcingProviders,
  // After the embedded ones, which it takes the place of.
  { provide: EVENT_SOURCING_STORES, useFactory: openEventSourcingStores, inject: [RESOLVED_OPTIONS, Clock] },
  { provide: SERVICES_OPTIONS, useFactory: ({ services }: ResolvedOptions) => services, inject: [RESOLVED_OPTIONS] },
  ...servicesProviders,
  LooseCouplingLifecycle,
];

const exported: NonNullable<DynamicModule['exports']> = [
  Clock,
  LooseCouplingLifecycle,
  ResilienceHealthIndicator,
  MessagingHealthIndicator,
  SqsAdapter,
  SnsAdapter,
  EventBridgeAdapter,
  ...resilienceExports,
  ...messagingExports,
  ...eventSourcingExports,
  ...servicesExports,
];

function openCircuitStore({ resilience, aws }: ResolvedOptions, clock: Clock): CircuitStateStore | undefined {
  const { sharedState } = resilience.options;
  if (!sharedState) return undefined;
  return openCircuitStateStore(
    sharedState,
    clock,
    (settings) => new DynamoDbCircuitStateStore({ ...settings, ...(aws && { aws }) }),
  );
}

function openTracing(
  { openTelemetry }: ResolvedOptions,
  transport: MessageTransport,
  registry: MessageMiddlewareRegistry,
): MessageTracing {
  return new MessageTracing({ openTelemetry, systems: transport.systems }, registry);
}

function openAdapters(
  transport: MessageTransport,
  { messaging, transport: given }: ResolvedOptions,
  tracing: MessageMiddlewareRegistry,
): TransportAdapters {
  const bus = given.type === 'aws' ? given.eventBus : undefined;
  return tracedAdapters(transport.adapters(messaging.service), bus ?? 'default', tracing);
}

async function openTransport(options: ResolvedOptions, clock: Clock): Promise<MessageTransport> {
  const { transport, aws, messaging } = options;
  if (transport.type === 'aws') {
    return new AwsTransport({ ...transport, service: messaging.service, aws, clock, receives: messaging.consumes });
  }
  if (transport.file === undefined) return new LocalTransport(await openLocalBroker({ clock }));
  // Services that share a file are started one after the other; what the first one publishes waits for the second.
  const { synchronous } = transport;
  const file = resolveDataFile(transport.file);
  return new LocalTransport(
    await openLocalBroker({ file, clock, keepUnclaimed: true, ...(synchronous && { synchronous }) }),
  );
}

/**
 * Holds everything; `LooseCouplingModule` re-exports it. Not global, so that it can be the module nearest to the root:
 * receiving starts when all other modules are up, and has ended before any of them is destroyed.
 */
@Module({})
export class LooseCouplingCoreModule implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  static create(optionsProviders: Provider[], imports: DynamicModule['imports'] = []): DynamicModule {
    return {
      module: LooseCouplingCoreModule,
      imports: [DiscoveryModule, ...imports],
      // Read when Nest scans the module: by then every class that asks for a queue by name has been defined.
      get providers() {
        return [...optionsProviders, ...providers, ...requestedAdapterProviders(), ...requestedServiceProviders()];
      },
      get exports() {
        return [...exported, ...requestedAdapterTokens(), ...requestedServiceTokens()];
      },
    };
  }

  constructor(
    modules: ModulesContainer,
    private readonly lifecycle: LooseCouplingLifecycle,
  ) {
    const copies = [...modules.values()].filter(({ metatype }) => metatype === LooseCouplingCoreModule);
    if (copies.length > 1) {
      throw new InvalidOptionsError('LooseCouplingModule', [
        `forRoot was imported ${copies.length} times in one application; import it once, in the root module`,
      ]);
    }
    placeNearest(modules, LooseCouplingCoreModule);
  }

  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.lifecycle.start();
    } catch (error) {
      // An application that did not start cannot be closed, and must not be kept alive by half of its consumers.
      // Its own failure would hide why; whoever closes the application after this is told of it.
      await this.lifecycle.close().catch(() => undefined);
      throw error;
    }
  }

  onModuleDestroy(): Promise<void> {
    return this.lifecycle.drain();
  }

  /**
   * Before the HTTP server waits for the requests that are under way: a long backoff would hold it up. Where a Nest to
   * come keeps modules in another order, handlers are at least not cut off.
   */
  async beforeApplicationShutdown(): Promise<void> {
    await this.lifecycle.drain();
    this.lifecycle.endWaits();
  }
}
