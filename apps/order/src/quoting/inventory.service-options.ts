import { serviceUrl } from '@shop/http';
import { DnsServiceDiscovery, type ServiceDiscovery, type ServiceOptions } from 'nestjs-loose-coupling/services';
import { Inventory } from './inventory.contract.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * By DNS where `INVENTORY_DNS` names an SRV record, such as those of Route 53 and of Cloud Map (`INVENTORY_DNS_SERVERS`: who is asked, else
 * whom the machine asks). Otherwise `INVENTORY_URL`, default http://127.0.0.1:3002. Read when the application is made.
 */
export function inventoryAddress(env: Environment): Pick<ServiceDiscovery, 'discover'> {
  const { INVENTORY_DNS: hostname, INVENTORY_DNS_SERVERS: servers } = env;
  if (hostname) return new DnsServiceDiscovery({ hostname, ...(servers && { servers: servers.split(',') }) });
  const url = serviceUrl('INVENTORY_URL', 'http://127.0.0.1:3002', env);
  return { discover: async () => ({ endpoints: [{ url }], ttl: Number.POSITIVE_INFINITY }) };
}

const ofTheEnvironment: ServiceDiscovery = {
  discover: (service, signal) => inventoryAddress(process.env).discover(service, signal),
};

/** How order reaches inventory. Without it there are quotes all the same, of what was last heard. */
export const inventoryService: ServiceOptions = {
  name: 'inventory',
  contract: Inventory,
  discovery: { source: ofTheEnvironment },
  policy: 'inventory',
  criticality: 'degraded',
};
