import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { LooseCouplingModule } from '../../loose-coupling.module.js';
import { defineService } from '../contracts/define-service.js';
import { ServiceClients } from '../nest/service-clients.js';
import type { ServiceOptions } from '../options/service.options.js';

const Stock = defineService('stock', {
  operations: {
    product: {
      input: z.object({ sku: z.string(), lang: z.string().optional() }),
      output: z.object({ sku: z.string(), available: z.number() }),
      http: { method: 'GET', path: '/products/{sku}' },
    },
    reserve: { input: z.object({ sku: z.string() }), http: { method: 'POST', path: '/reservations' } },
  },
});

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;
const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

async function open(answer: Answer, options: Partial<ServiceOptions> = {}) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => answer(request, response, seen.push(request)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const services = [{ name: 'stock', endpointUrl, retry: { initialDelay: 1 }, ...options }];
  const module = await Test.createTestingModule({
    imports: [LooseCouplingModule.forRoot({ services, logger: false })],
  }).compile();
  await module.init();
  const client = module.get(ServiceClients).get(Stock);
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await module.close();
  });
  return { client, seen };
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('a service over HTTP', () => {
  it('is asked as its route says, with deadline and correlation', async () => {
    const { client, seen } = await open((_, response) => json(response, 200, { sku: 'a/b', available: 3, more: 1 }));
    const product = await client.request('product', { sku: 'a/b', lang: 'de' }, { correlationId: 'c-1' });
    expect(product).toEqual({ sku: 'a/b', available: 3 });
    expect(seen[0]?.url).toBe('/products/a%2Fb?lang=de');
    expect(seen[0]?.headers['x-correlation-id']).toBe('c-1');
    expect(Date.parse(String(seen[0]?.headers['x-request-deadline']))).toBeGreaterThan(Date.now());
  });

  it('is asked again, with the same key, after it failed', async () => {
    const { client, seen } = await open((_, response, count) =>
      count === 1 ? json(response, 503, {}) : json(response, 200, { sku: 'a', available: 1 }),
    );
    await client.request('product', { sku: 'a' });
    const keys = seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });

  it('waits no longer than it may when told to come back later', async () => {
    const { client, seen } = await open((_, response) => json(response, 503, {}, { 'retry-after': '3600' }));
    await expect(client.request('product', { sku: 'a' })).rejects.toMatchObject({ status: 503 });
    expect(seen).toHaveLength(1);
  });

  it('is not asked again for what may not be done twice', async () => {
    const { client, seen } = await open((_, response) => json(response, 500, { secret: 1 }));
    await expect(client.request('reserve', { sku: 'a' })).rejects.toMatchObject({
      code: 'LC_SERVICE_RESPONSE',
      status: 500,
    });
    expect(seen).toHaveLength(1);
  });

  it('may refuse without its circuit opening or another attempt', async () => {
    const { client, seen } = await open((_, response) => json(response, 404, { why: 'gone' }), {
      circuitBreaker: { consecutiveFailures: 1 },
      fallback: () => ({ sku: 'x', available: 0 }),
    });
    for (const _ of [1, 2]) {
      await expect(client.request('product', { sku: 'a' })).rejects.toMatchObject({
        status: 404,
        body: { why: 'gone' },
      });
    }
    expect(seen).toHaveLength(2);
  });

  it('that keeps failing opens the circuit, and the fallback answers', async () => {
    const { client, seen } = await open((_, response) => json(response, 500, {}), {
      retry: false,
      circuitBreaker: { consecutiveFailures: 1 },
      fallback: (_error, operation, input) => ({ sku: `${operation} ${(input as { sku: string }).sku}`, available: 0 }),
    });
    await client.request('product', { sku: 'a' });
    await expect(client.request('product', { sku: 'b' })).resolves.toEqual({ sku: 'product b', available: 0 });
    expect(seen).toHaveLength(1);
  });

  it('is answered for by its fallback when it is called, too', async () => {
    const { client } = await open((_, response) => json(response, 500, {}), {
      retry: false,
      fallback: () => ({ sku: 'a', available: 0 }),
    });
    await expect(client.call('product', { sku: 'a' }, { correlationId: 'c' })).resolves.toEqual({
      status: 'completed',
      correlationId: 'c',
      output: { sku: 'a', available: 0 },
    });
  });

  it.each([
    ['is too long', { sku: 'x'.repeat(200), available: 1 }, 'longer than 100 bytes'],
    ['is not in the contract', { sku: 1 }, 'does not fit the contract'],
  ])('gives no answer that %s', async (_, body, message) => {
    const { client } = await open((_request, response) => json(response, 200, body), { maxResponseBytes: 100 });
    await expect(client.request('product', { sku: 'a' })).rejects.toThrow(message);
  });

  it('is given up when the caller gives up', async () => {
    const abort = new AbortController();
    const { client } = await open(() => abort.abort(new Error('enough')));
    await expect(client.request('product', { sku: 'a' }, { signal: abort.signal })).rejects.toThrow('enough');
  });

  it('gives up an attempt after timeoutMs', async () => {
    const { client } = await open(() => undefined, { timeoutMs: 20, retry: false });
    await expect(client.request('product', { sku: 'a' })).rejects.toMatchObject({ code: 'LC_OPERATION_TIMEOUT' });
  });

  it('is asked with a new secret when it does not take the old one', async () => {
    const bearer = (renew: boolean) => (renew ? 'new' : 'old');
    const { client } = await open(
      ({ headers }, response) =>
        headers.authorization === 'Bearer new'
          ? json(response, 200, { sku: 'a', available: 1 })
          : json(response, 401, {}),
      { auth: { bearer } },
    );
    expect(await client.request('product', { sku: 'a' })).toEqual({ sku: 'a', available: 1 });
  });

  it.each([
    [200, true],
    [503, false],
  ])('that answers %i on /health is healthy: %s', async (status, healthy) => {
    const { client, seen } = await open((_, response) => json(response, status, {}));
    await expect(client.healthCheck()).resolves.toBe(healthy);
    expect(seen[0]?.url).toBe('/health');
  });
});
