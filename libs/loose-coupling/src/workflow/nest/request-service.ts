import { defineService, type ServiceClients, type ServiceContract } from '../../services/index.js';
import type { ServiceCall } from '../engine/workflow-ports.js';

/** Contracts of services that nobody has declared, by application. */
const undeclared = new WeakMap<ServiceClients, Map<string, ServiceContract>>();

/**
 * Asks by the contract that is known. A service without one is only told the request: at its root over HTTP, whose answer is the result; over a
 * queue, where nobody says that it answers, the result is that it was accepted.
 */
export async function requestService(services: ServiceClients, call: ServiceCall): Promise<unknown> {
  const { service, operation, request, idempotencyKey, signal } = call;
  const isDeclared = services.hasContract(service) && !undeclared.get(services)?.has(service);
  const client = services.get(isDeclared ? service : undeclaredContract(services, service));
  const options = { idempotencyKey, signal };
  const { requestQueue, responseTopic } = services.services.find(({ name }) => name === service) ?? {};
  if (isDeclared || requestQueue === undefined || responseTopic !== undefined) {
    return await client.request(operation as never, request as never, options);
  }
  const sent = await client.call(operation as never, request as never, options);
  if (sent.status === 'completed') return sent.output;
  return { status: sent.status, correlation_id: sent.correlationId, message_id: sent.messageId };
}

function undeclaredContract(services: ServiceClients, service: string): ServiceContract {
  const contracts = undeclared.get(services) ?? new Map<string, ServiceContract>();
  undeclared.set(services, contracts);
  const known = contracts.get(service);
  if (known) return known;
  const contract = defineService(service, {
    operations: { call: { http: { method: 'POST', path: '/' } } },
  }) as unknown as ServiceContract;
  contracts.set(service, contract);
  return contract;
}
