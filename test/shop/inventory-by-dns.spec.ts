import { inventoryAddress } from '../../apps/order/src/quoting/inventory.service-options.js';
import { serveNames, srv } from '../../libs/loose-coupling/src/services/discovery/testing/name-server.js';

describe('where order finds inventory', () => {
  const { signal } = new AbortController();
  const found = async (env: Record<string, string>) =>
    (await inventoryAddress(env).discover('inventory', signal)).endpoints;

  it('is an address, unless there is a name to be asked for', async () => {
    expect(await found({})).toEqual([{ url: 'http://127.0.0.1:3002' }]);
    expect(await found({ INVENTORY_URL: 'http://inventory:80/' })).toEqual([{ url: 'http://inventory:80' }]);
  });

  it('is what the name server says', async () => {
    const dns = await serveNames('SRV', 60, [srv(1, 3002, 'a.internal', 10)]);
    const env = { INVENTORY_DNS: dns.hostname, INVENTORY_DNS_SERVERS: dns.servers.join(',') };
    expect(await found(env)).toEqual([{ url: 'http://a.internal:3002', priority: 1, weight: 10 }]);
    dns.close();
  });
});
