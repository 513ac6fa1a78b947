export { defineService, type ServiceDefinition } from './contracts/define-service.js';
export type {
  HttpMethod,
  HttpRoute,
  OperationDefinition,
  OperationDefinitions,
  OperationInput,
  OperationName,
  OperationOutput,
  ServiceContract,
  ServiceOperation,
} from './contracts/service-contract.js';
export { ServiceClient, type CallOptions, type CallResult } from './client/service-client.js';
export type { Balancing, DiscoveryOptions, DiscoverySource, EjectionOptions } from './discovery/discovery.options.js';
export { DnsServiceDiscovery, type DnsDiscoveryOptions } from './discovery/dns-discovery.js';
export { EnvironmentServiceDiscovery } from './discovery/environment-discovery.js';
export { ServiceDiscovery, type DiscoveredEndpoints, type ServiceEndpoint } from './discovery/service-discovery.js';
export { StaticServiceDiscovery } from './discovery/static-discovery.js';
export { InvalidServiceResponseError } from './errors/invalid-service-response.error.js';
export { ServiceResponseError, type RefusedAnswer } from './errors/service-response.error.js';
export { ServiceUnavailableError } from './errors/service-unavailable.error.js';
export { UnknownServiceError } from './errors/unknown-service.error.js';
export type { EndpointView } from './discovery/balanced-endpoints.js';
export type { Dependency, Finding, FindingCode } from './map/dependency.js';
export { DependencyMap, type DependencyReport } from './map/dependency-map.js';
export { getServiceClientToken, InjectServiceClient } from './nest/inject-service-client.decorator.js';
export { ServiceClients } from './nest/service-clients.js';
export { checkServicesOptions } from './options/check-service-options.js';
export type {
  CommunicationPattern,
  CouplingType,
  Criticality,
  DependencyOptions,
  Secret,
  ServiceAuth,
  ServiceFallback,
  ServiceFallbackHandler,
  ServiceOptions,
} from './options/service.options.js';
export { TranslationError } from './errors/translation.error.js';
export { defineRoutes } from './routing/define-routes.js';
export { defineTranslation, type Translation, type TranslationDefinition } from './routing/define-translation.js';
export { route, type Route, type RoutesDefinition, type RouteTarget } from './routing/route.js';
