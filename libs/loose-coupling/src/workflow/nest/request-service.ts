import { defineService, type ServiceClients, type ServiceContract } from '../../services/index.js';
import type { ServiceCall } from '../engine/workflow-ports.js';

/** Contracts of services that nobody has declared. */
const undeclared = new Map<string, ServiceContract>();

/** Asks by the contract that is known; a service without one is only told the request, at its root: `call`. */
export async function requestService(services: ServiceClients, call: ServiceCall): Promise<unknown> {
  const { service, operation, request, idempotencyKey, signal } = call;
  const client = services.get(services.hasContract(service) ? service : undeclaredContract(service));
  return await client.request(operation as never, request as never, { idempotencyKey, signal });
}

function undeclaredContract(service: string): ServiceContract {
  const known = undeclared.get(service);
  if (known) return known;
  const contract = defineService(service, {
    operations: { call: { http: { method: 'POST', path: '/' } } },
  }) as unknown as ServiceContract;
  undeclared.set(service, contract);
  return contract;
}
