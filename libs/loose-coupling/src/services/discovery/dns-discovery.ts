import { Resolver } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { ServiceDiscovery, type DiscoveredEndpoints } from './service-discovery.js';

export interface DnsDiscoveryOptions {
  readonly hostname: string;
  readonly record?: 'A' | 'SRV';
  readonly port?: number;
  readonly protocol?: 'http' | 'https';
  readonly servers?: readonly string[];
}

/** Of one query; there are `TRIES` of them. */
const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Asks DNS (Route 53, Consul, Kubernetes): SRV records with their ports, priorities and weights (RFC 2782), or addresses. SRV answers are good for
 * the `ttl` of the options, as Node does not tell that of the records.
 */
export class DnsServiceDiscovery extends ServiceDiscovery {
  constructor(private readonly options: DnsDiscoveryOptions) {
    super();
  }

  override async discover(_service: string, signal: AbortSignal): Promise<DiscoveredEndpoints> {
    const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
    if (this.options.servers) resolver.setServers(this.options.servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await (this.options.record === 'A' ? this.addresses(resolver) : this.services(resolver));
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  private async addresses(resolver: Resolver): Promise<DiscoveredEndpoints> {
    const records = await resolver.resolve4(this.options.hostname, { ttl: true });
    const { port = this.options.protocol === 'https' ? 443 : 80 } = this.options;
    const endpoints = records.map(({ address }) => ({ url: this.url(address, port) }));
    return { endpoints, ttl: 1_000 * Math.min(...records.map(({ ttl }) => ttl)) };
  }

  private async services(resolver: Resolver): Promise<DiscoveredEndpoints> {
    const records = await resolver.resolveSrv(this.options.hostname);
    // A target of "." says that the service is decidedly not there.
    const usable = records.filter(({ name }) => name !== '' && name !== '.');
    return {
      endpoints: usable.map(({ name, port, priority, weight }) => ({ url: this.url(name, port), priority, weight })),
    };
  }

  private url(host: string, port: number): string {
    return `${this.options.protocol ?? 'http'}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  }
}
