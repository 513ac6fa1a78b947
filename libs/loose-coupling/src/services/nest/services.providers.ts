import { Scope, type Provider } from '@nestjs/common';
import { Clock } from '../../kernel/index.js';
import { MESSAGING_OPTIONS, MessageBus, MessageTransport, type MessagingOptions } from '../../messaging/index.js';
import { ResilienceRegistry } from '../../resilience/index.js';
import type { ServiceOptions } from '../options/service.options.js';
import { DependencyMap } from '../map/dependency-map.js';
import { serviceClientRequests } from './inject-service-client.decorator.js';
import { ServiceClients } from './service-clients.js';

/** Injection token of the option `services`. */
export const SERVICES_OPTIONS = Symbol.for('nestjs-loose-coupling:services-options');

/** Needs `SERVICES_OPTIONS`, and what resilience and messaging provide, beside it. */
export const servicesProviders: Provider[] = [
  {
    provide: ServiceClients,
    useFactory: (
      services: readonly ServiceOptions[],
      registry: ResilienceRegistry,
      bus: MessageBus,
      transport: MessageTransport,
      clock: Clock,
    ) => new ServiceClients(services, registry, { bus, transport }, clock),
    inject: [SERVICES_OPTIONS, ResilienceRegistry, MessageBus, MessageTransport, Clock],
  },
  {
    provide: DependencyMap,
    useFactory: ({ service }: MessagingOptions, clients: ServiceClients) => new DependencyMap(service, clients),
    inject: [MESSAGING_OPTIONS, ServiceClients],
  },
];

export const servicesExports = [ServiceClients, DependencyMap];

/** What `@InjectServiceClient` asks for. To be called when modules are scanned: all classes are there by then. */
export const requestedServiceProviders = (): Provider[] =>
  Array.from(serviceClientRequests(), ([provide, service]) => ({
    provide,
    useFactory: (clients: ServiceClients) => clients.get(service),
    // Made only where it is injected: another application of this process may know services that this one does not.
    scope: Scope.TRANSIENT,
    inject: [ServiceClients],
  }));

export const requestedServiceTokens = (): string[] => [...serviceClientRequests().keys()];
