import { ServiceDiscovery, type DiscoveredEndpoints } from './service-discovery.js';

/** Addresses separated by commas, in an environment variable; `<NAME>_URL` unless another is said. */
export class EnvironmentServiceDiscovery extends ServiceDiscovery {
  constructor(
    private readonly variable?: string,
    private readonly environment: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    super();
  }

  override async discover(service: string): Promise<DiscoveredEndpoints> {
    const variable = this.variable ?? `${service.toUpperCase().replaceAll('-', '_')}_URL`;
    const urls = (this.environment[variable] ?? '').split(',').map((url) => url.trim());
    return { endpoints: urls.filter((url) => url !== '').map((url) => ({ url })) };
  }
}
