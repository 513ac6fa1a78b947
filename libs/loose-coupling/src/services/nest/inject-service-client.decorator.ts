import { Inject } from '@nestjs/common';
import type { ServiceContract } from '../contracts/service-contract.js';

/** By token. Decorators run before there is any application; a name alone is no state of one. */
const requests = new Map<string, string | ServiceContract>();

export const serviceClientRequests = (): ReadonlyMap<string, string | ServiceContract> => requests;

/** Injection token of a client, for tests that put another in its place. */
export const getServiceClientToken = (service: string): string => `nestjs-loose-coupling:service:${service}`;

/**
 * Injects the `ServiceClient` of a service that is configured in `services`. By its contract, or by its name where `forFeature` or the
 * configuration has the contract.
 */
export function InjectServiceClient(service: string | ServiceContract): ParameterDecorator & PropertyDecorator {
  const token = getServiceClientToken(typeof service === 'string' ? service : service.name);
  if (typeof service !== 'string' || !requests.has(token)) requests.set(token, service);
  return Inject(token);
}
