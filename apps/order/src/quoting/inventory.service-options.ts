import { serviceUrl } from '@shop/http';
import type { ServiceDiscovery, ServiceOptions } from 'nestjs-loose-coupling/services';
import { Inventory } from './inventory.contract.js';

/** `INVENTORY_URL`, default http://127.0.0.1:3002; read when the application is made. */
const inventoryAddress: ServiceDiscovery = {
  discover: async () => ({
    endpoints: [{ url: serviceUrl('INVENTORY_URL', 'http://127.0.0.1:3002') }],
    ttl: Number.POSITIVE_INFINITY,
  }),
};

/** How order reaches inventory. Without it there are quotes all the same, of what was last heard. */
export const inventoryService: ServiceOptions = {
  name: 'inventory',
  contract: Inventory,
  discovery: { source: inventoryAddress },
  policy: 'inventory',
  criticality: 'degraded',
};
