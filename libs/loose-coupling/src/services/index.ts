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
export { InvalidServiceResponseError } from './errors/invalid-service-response.error.js';
export { ServiceResponseError, type RefusedAnswer } from './errors/service-response.error.js';
export { ServiceUnavailableError } from './errors/service-unavailable.error.js';
export { UnknownServiceError } from './errors/unknown-service.error.js';
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
