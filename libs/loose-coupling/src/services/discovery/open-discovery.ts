import type { Clock } from '../../kernel/index.js';
import { BalancedEndpoints } from './balanced-endpoints.js';
import type { DiscoveryOptions, DiscoverySource } from './discovery.options.js';
import { DnsServiceDiscovery } from './dns-discovery.js';
import { EndpointCache } from './endpoint-cache.js';
import { EnvironmentServiceDiscovery } from './environment-discovery.js';
import type { ServiceDiscovery } from './service-discovery.js';
import { StaticServiceDiscovery } from './static-discovery.js';

const DEFAULT_TTL_MS = 30_000;

export function openDiscovery(service: string, options: DiscoveryOptions, clock: Clock): BalancedEndpoints {
  const cache = new EndpointCache(service, openSource(options.source), options.ttl ?? DEFAULT_TTL_MS, clock);
  cache.warm();
  return new BalancedEndpoints(cache, options, clock);
}

function openSource(source: DiscoverySource): ServiceDiscovery {
  if (!('type' in source)) return source;
  if (source.type === 'static') return new StaticServiceDiscovery(source.endpoints);
  if (source.type === 'environment') return new EnvironmentServiceDiscovery(source.variable);
  return new DnsServiceDiscovery(source);
}
