import { ServiceDiscovery, type DiscoveredEndpoints, type ServiceEndpoint } from './service-discovery.js';

/** Endpoints that the configuration lists. */
export class StaticServiceDiscovery extends ServiceDiscovery {
  private readonly found: DiscoveredEndpoints;

  constructor(endpoints: readonly (string | ServiceEndpoint)[]) {
    super();
    this.found = {
      endpoints: endpoints.map((endpoint) => (typeof endpoint === 'string' ? { url: endpoint } : endpoint)),
      ttl: Number.POSITIVE_INFINITY,
    };
  }

  override async discover(): Promise<DiscoveredEndpoints> {
    return this.found;
  }
}
