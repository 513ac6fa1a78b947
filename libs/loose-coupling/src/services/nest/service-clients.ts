import { Clock, InvalidOptionsError } from '../../kernel/index.js';
import { MessageBus, MessageTransport } from '../../messaging/index.js';
import { ResilienceRegistry } from '../../resilience/index.js';
import { ConfiguredServiceClient, DEFAULT_TIMEOUT_MS } from '../client/configured-service-client.js';
import { FixedEndpoint } from '../client/endpoint-pool.js';
import type { ServiceClient } from '../client/service-client.js';
import { ServicePipelines } from '../client/service-pipelines.js';
import type { ServiceTransport } from '../client/service-transport.js';
import type { ServiceContract } from '../contracts/service-contract.js';
import { openDiscovery } from '../discovery/open-discovery.js';
import { UnknownServiceError } from '../errors/unknown-service.error.js';
import type { BalancedEndpoints } from '../discovery/balanced-endpoints.js';
import type { Dependency } from '../map/dependency.js';
import { describeDependency } from '../map/describe-dependency.js';
import { HttpServiceTransport } from '../http/http-service-transport.js';
import { UndiciHttp } from '../http/undici-http.js';
import type { ServiceOptions } from '../options/service.options.js';
import { QueueServiceTransport } from '../queue/queue-service-transport.js';
import { ResponseInbox } from '../queue/response-inbox.js';

/** Where the messaging of the application is found, once it is needed. */
export interface ServiceMessaging {
  readonly bus: MessageBus;
  readonly transport: MessageTransport;
}

/** The clients of all configured services, by name. */
export class ServiceClients {
  private readonly contracts = new Map<string, ServiceContract>();
  private readonly pipelines = new Map<string, ServicePipelines>();
  private readonly discovered = new Map<string, BalancedEndpoints>();
  private readonly clients = new Map<string, ConfiguredServiceClient>();

  constructor(
    readonly services: readonly ServiceOptions[],
    private readonly registry: ResilienceRegistry,
    private readonly messaging: ServiceMessaging,
    private readonly clock: Clock,
  ) {
    for (const options of services) {
      // Now, so that what is wrong with policies is found at start.
      this.pipelines.set(
        options.name,
        new ServicePipelines(options, registry, options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      );
    }
    for (const { contract } of services) if (contract) this.announce(contract);
    for (const { name } of services) this.find(name);
  }

  /** @throws {InvalidOptionsError} when another contract has its name */
  announce(contract: ServiceContract): void {
    const known = this.contracts.get(contract.name);
    if (known !== undefined && known !== contract) {
      throw new InvalidOptionsError('The contracts of services', [`"${contract.name}" has two that are not the same`]);
    }
    this.contracts.set(contract.name, contract);
  }

  /** @throws {UnknownServiceError} when it is not configured */
  get<Contract extends ServiceContract>(service: string | Contract): ServiceClient<Contract> {
    if (typeof service !== 'string') this.announce(service);
    return this.find(typeof service === 'string' ? service : service.name) as unknown as ServiceClient<Contract>;
  }

  /** Whether somebody has declared what the service offers. */
  hasContract(service: string): boolean {
    return this.contracts.has(service);
  }

  /** All of them as they are now, for the dependency map. */
  dependencies(): Dependency[] {
    const circuits = new Map(this.registry.circuits().map(({ name, state }) => [name, state]));
    return this.services.map((options) => {
      const { name } = options;
      const hasTimeout = this.pipelines.get(name)?.hasTimeout ?? false;
      const endpoints = this.discovered.get(name)?.view() ?? [];
      return describeDependency(options, { hasTimeout, circuit: circuits.get(name), endpoints });
    });
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.clients.values(), (client) => client.close()));
  }

  private find(name: string): ConfiguredServiceClient {
    const known = this.clients.get(name);
    if (known) return known;
    const options = this.services.find((service) => service.name === name);
    const pipelines = this.pipelines.get(name);
    if (!options || !pipelines) {
      throw new UnknownServiceError(
        'service',
        name,
        this.services.map((service) => service.name),
      );
    }
    const client = this.create(options, pipelines);
    this.clients.set(name, client);
    return client;
  }

  private create(options: ServiceOptions, pipelines: ServicePipelines): ConfiguredServiceClient {
    // Asked for when it is needed: who brings it may come later.
    const contract = () => this.contracts.get(options.name);
    return new ConfiguredServiceClient(options, contract, this.transport(options), pipelines, this.clock);
  }

  private transport(options: ServiceOptions): ServiceTransport {
    const { name, endpointUrl, requestQueue, responseTopic, discovery } = options;
    if (requestQueue !== undefined) {
      const { messaging } = this;
      const bus = () => messaging.bus;
      const responses = responseTopic === undefined ? undefined : new ResponseInbox(responseTopic, bus, this.clock);
      return new QueueServiceTransport(name, requestQueue, bus, () => messaging.transport, responses);
    }
    const http = new UndiciHttp(name, options.maxConnections);
    if (!discovery) return new HttpServiceTransport(options, new FixedEndpoint(endpointUrl ?? ''), http, this.clock);
    const endpoints = openDiscovery(name, discovery, this.clock);
    this.discovered.set(name, endpoints);
    return new HttpServiceTransport(options, endpoints, http, this.clock);
  }
}
