import { createSocket } from 'node:dgram';
import { DnsServiceDiscovery } from './dns-discovery.js';
import { EnvironmentServiceDiscovery } from './environment-discovery.js';

const TYPES = { A: 1, SRV: 33 };
const label = (name: string): Buffer =>
  Buffer.concat([...name.split('.').map((part) => Buffer.from([part.length, ...Buffer.from(part)])), Buffer.from([0])]);
const numbers = (...values: number[]): Buffer => Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));
const srv = (priority: number, port: number, name: string) => Buffer.concat([numbers(priority, 1, port), label(name)]);

/** A name server (RFC 1035) that gives every question the same answer. */
async function serve(type: keyof typeof TYPES, ttl: number, answers: readonly Buffer[]) {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const head = Buffer.concat([query.subarray(0, 2), numbers(0x8180, 1, answers.length, 0, 0), question]);
    const records = answers.map((data) => Buffer.concat([numbers(0xc00c, TYPES[type], 1, 0, ttl, data.length), data]));
    socket.send(Buffer.concat([head, ...records]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  sockets.push(socket);
  return { servers: [`127.0.0.1:${socket.address().port}`], hostname: 'stock.internal' };
}

const sockets: ReturnType<typeof createSocket>[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.close()));
const { signal } = new AbortController();

describe('discovery by DNS', () => {
  it('takes host and port from SRV records of the best priority', async () => {
    const dns = await serve('SRV', 60, [
      srv(1, 3002, 'a.internal'),
      srv(1, 3003, 'b.internal'),
      srv(2, 9, 'spare.internal'),
    ]);
    const { endpoints } = await new DnsServiceDiscovery(dns).discover('stock', signal);
    expect(endpoints.map(({ url }) => url).toSorted()).toEqual(['http://a.internal:3002', 'http://b.internal:3003']);
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
