import { DnsServiceDiscovery } from './dns-discovery.js';
import { EnvironmentServiceDiscovery } from './environment-discovery.js';
import { serveNames, srv, type NameServer } from './testing/name-server.js';

const servers: NameServer[] = [];
const serve = async (...what: Parameters<typeof serveNames>) => {
  const { close, servers: list, hostname, asked } = await serveNames(...what);
  servers.push({ close, servers: list, hostname, asked });
  return { servers: list, hostname };
};
afterEach(() => servers.splice(0).forEach((server) => server.close()));
const { signal } = new AbortController();

describe('discovery by DNS', () => {
  it('takes host, port, priority and weight from SRV records', async () => {
    const dns = await serve('SRV', 60, [srv(1, 3002, 'a.internal', 10), srv(2, 9, 'spare.internal', 0), srv(1, 1, '')]);
    const { endpoints } = await new DnsServiceDiscovery(dns).discover('stock', signal);
    expect(endpoints.toSorted((a, b) => a.url.localeCompare(b.url))).toEqual([
      { url: 'http://a.internal:3002', priority: 1, weight: 10 },
      { url: 'http://spare.internal:9', priority: 2, weight: 0 },
    ]);
  });

  it('takes addresses and how long they are good for from A records', async () => {
    const dns = await serve('A', 7, [Buffer.from([10, 0, 0, 1]), Buffer.from([10, 0, 0, 2])]);
    const found = await new DnsServiceDiscovery({ ...dns, record: 'A', port: 80, protocol: 'https' }).discover(
      'stock',
      signal,
    );
    expect(found).toEqual({ endpoints: [{ url: 'https://10.0.0.1:80' }, { url: 'https://10.0.0.2:80' }], ttl: 7_000 });
  });

  it('fails when there is no such record', async () => {
    const dns = await serve('A', 7, []);
    await expect(new DnsServiceDiscovery({ ...dns, record: 'A' }).discover('stock', signal)).rejects.toThrow('ENODATA');
  });
});

describe('discovery by the environment', () => {
  it('reads addresses from the variable of the service', async () => {
    const discovery = new EnvironmentServiceDiscovery(undefined, { ORDER_STOCK_URL: 'http://a, http://b' });
    expect(await discovery.discover('order-stock')).toEqual({ endpoints: [{ url: 'http://a' }, { url: 'http://b' }] });
  });
});
