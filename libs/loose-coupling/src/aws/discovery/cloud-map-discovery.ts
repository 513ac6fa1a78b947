import { ServiceDiscovery, type DiscoveredEndpoints, type ServiceEndpoint } from '../../services/index.js';
import type { AwsConnectionOptions } from '../aws-client-options.js';
import { AwsClients } from '../clients/aws-clients.js';

export interface CloudMapDiscoveryOptions {
  readonly namespace: string;
  /** Name in Cloud Map. Default: the service's own. */
  readonly service?: string;
  /** Default `http`. */
  readonly protocol?: 'http' | 'https';
  /** Of instances that were registered without one. Default: the protocol's. */
  readonly port?: number;
  readonly aws?: AwsConnectionOptions;
}

/** The most that Cloud Map answers with at once. */
const MOST_INSTANCES = 1_000;

/** Asks Cloud Map for the healthy instances of a service; when none is, for all of them: one may be well again. Needs `@aws-sdk/client-servicediscovery`. */
export class CloudMapServiceDiscovery extends ServiceDiscovery {
  private readonly clients: AwsClients;

  constructor(private readonly options: CloudMapDiscoveryOptions) {
    super();
    this.clients = new AwsClients(options.aws);
  }

  override async discover(service: string, signal: AbortSignal): Promise<DiscoveredEndpoints> {
    const { Instances = [] } = await this.clients.cloudMap().discoverInstances(
      {
        NamespaceName: this.options.namespace,
        ServiceName: this.options.service ?? service,
        HealthStatus: 'HEALTHY_OR_ELSE_ALL',
        MaxResults: MOST_INSTANCES,
      },
      { abortSignal: signal },
    );
    return { endpoints: Instances.flatMap(({ Attributes = {} }) => this.endpointOf(Attributes)) };
  }

  close(): void {
    this.clients.close();
  }

  private endpointOf(attributes: Readonly<Record<string, string>>): ServiceEndpoint[] {
    const { protocol = 'http' } = this.options;
    const ipv6 = attributes['AWS_INSTANCE_IPV6'];
    const host = attributes['AWS_INSTANCE_IPV4'] ?? attributes['AWS_INSTANCE_CNAME'] ?? (ipv6 && `[${ipv6}]`);
    if (host === undefined) return [];
    const port = attributes['AWS_INSTANCE_PORT'] ?? this.options.port ?? (protocol === 'https' ? 443 : 80);
    // ECS registers its tasks with their zone.
    const zone = attributes['AVAILABILITY_ZONE'];
    return [{ url: `${protocol}://${host}:${port}`, ...(zone !== undefined && { zone }) }];
  }
}
