import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ResilienceRegistry } from 'nestjs-loose-coupling/resilience';
import { AppModule as InventoryModule } from '../../apps/inventory/src/app.module.js';
import { AppModule as OrderModule } from '../../apps/order/src/app.module.js';
import { inventoryPolicy } from '../../apps/order/src/quoting/inventory.policy.js';
import { request, until, type Order } from './http.js';
import { listen, openShop } from './shop.js';

interface Quote {
  readonly sku: string;
  readonly total: number;
  readonly inStock: boolean;
  readonly source: string;
  readonly asOf: string;
}

describe('a quote', () => {
  it('is what inventory says at the moment', async () => {
    const shop = await openShop();
    await request('PUT', `${shop.inventoryUrl}/products/Q%2F1`, { name: 'Q', unitPrice: 0.1, stock: 3 });

    const { status, body } = await request<Quote>('GET', `${shop.orderUrl}/quotes/Q%2F1?quantity=3`);
    expect(status).toBe(200);
    expect(body).toEqual({
      sku: 'Q/1',
      name: 'Q',
      quantity: 3,
      unitPrice: 0.1,
      total: 0.3,
      inStock: true,
      source: 'inventory',
      asOf: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect((await request<Quote>('GET', `${shop.orderUrl}/quotes/Q%2F1?quantity=4`)).body.inStock).toBe(false);
    expect((await request('GET', `${shop.orderUrl}/quotes/none`)).status).toBe(404);
    for (const query of ['quantity=0', 'quantity=x', 'quantity=1.5', 'many=1']) {
      expect((await request('GET', `${shop.orderUrl}/quotes/Q%2F1?${query}`)).status).toBe(400);
    }
    await shop.close();
  });

  it('comes from order itself while inventory is away: few calls connect, no order waits, and all is well again after', async () => {
    const shop = await openShop();
    const port = Number(new URL(shop.inventoryUrl).port);
    const quote = (sku: string) => request<Quote>('GET', `${shop.orderUrl}/quotes/${sku}`);
    await request('PUT', `${shop.inventoryUrl}/products/A`, { name: 'A', unitPrice: 2, stock: 3 });
    const live = (await quote('A')).body;

    await shop.inventory.close();
    let connections = 0;
    const nobody = createTcpServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => nobody.listen(port, '127.0.0.1', resolve));
    let probes = 0;
    shop.order.get(ResilienceRegistry).subscribe((event) => {
      if (event.type === 'circuit-transition' && event.to === 'half-open') probes += 1;
    });
    for (let count = 0; count < 50; count += 1) {
      expect(await quote('A')).toMatchObject({ status: 200, body: { ...live, source: 'last-known' } });
    }
    expect((await quote('B')).status).toBe(503);
    // Five failures open the circuit; from then on only probes connect.
    expect(connections).toBe(5 + probes);

    const order = { customerId: 'A', lines: [{ sku: 'A', quantity: 1, unitPrice: 2 }] };
    const placed = await request<Order>('POST', `${shop.orderUrl}/orders`, order);
    expect(placed).toMatchObject({ status: 202, body: { status: 'pending' } });
    expect(connections).toBe(5 + probes);

    await new Promise((resolve) => nobody.close(resolve));
    const inventory = await listen(InventoryModule, port);
    await until(
      () => quote('A'),
      ({ body }) => body.source === 'inventory',
    );
    await until(
      () => request<Order>('GET', `${shop.orderUrl}/orders/${placed.body.orderId}`),
      ({ body }) => body.status === 'confirmed',
    );
    await inventory.app.close();
    await shop.close();
  });
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const product: Answer = ({ url }, response) => {
  const sku = decodeURIComponent(url?.split('/').at(-1) ?? '');
  response.end(JSON.stringify({ sku, name: sku, unitPrice: 2, available: 5 }));
};
const fails: Answer = (_request, response) => void response.writeHead(500).end();
const unknown: Answer = (_request, response) => void response.writeHead(404).end('{}');
const silent: Answer = () => undefined;

describe('a quote, when inventory', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'loose-coupling-quotes-'));
  const before = process.env['LOOSE_COUPLING_DATA_DIR'];
  let inventory: Server;
  let order: { app: NestExpressApplication; url: string };
  let answer: Answer;
  let asked: number;

  beforeEach(async () => {
    process.env['LOOSE_COUPLING_DATA_DIR'] = dataDir;
    answer = product;
    asked = 0;
    inventory = createServer((incoming, response) => {
      asked += 1;
      answer(incoming, response);
    });
    await new Promise<void>((resolve) => inventory.listen(0, '127.0.0.1', resolve));
    process.env['INVENTORY_URL'] = `http://127.0.0.1:${(inventory.address() as AddressInfo).port}`;
    order = await listen(OrderModule);
    delete process.env['INVENTORY_URL'];
  });
  afterEach(async () => {
    await order.app.close();
    inventory.closeAllConnections();
    await new Promise((resolve) => inventory.close(resolve));
  });
  afterAll(() => {
    if (before === undefined) delete process.env['LOOSE_COUPLING_DATA_DIR'];
    else process.env['LOOSE_COUPLING_DATA_DIR'] = before;
    rmSync(dataDir, { recursive: true, force: true });
  });

  const quote = (sku: string) => request<Quote>('GET', `${order.url}/quotes/${sku}?quantity=2`);
  const circuit = async () => {
    const { body } = await request<{ name: string; state: string }[]>('GET', `${order.url}/circuits`);
    return body.find(({ name }) => name === 'inventory');
  };

  it('fails, is what inventory last said, and says when that was', async () => {
    const first = await quote('A');
    answer = fails;
    const second = await quote('A');
    expect(second.status).toBe(200);
    expect(second.body).toEqual({ ...first.body, source: 'last-known' });
  });

  it('fails and has never spoken of the product, is refused with 503 and Retry-After', async () => {
    answer = fails;
    const { status, headers, body } = await quote('A');
    expect([status, headers.get('retry-after'), headers.get('content-type')]).toEqual([
      503,
      '1',
      'application/problem+json; charset=utf-8',
    ]);
    expect(body).not.toHaveProperty('detail');
  });

  it('fails once, is what it says the second time', async () => {
    answer = (incoming, response) => (asked === 1 ? fails : product)(incoming, response);
    expect((await quote('A')).body.source).toBe('inventory');
    expect(asked).toBe(2);
  });

  it('answers nonsense, is what it last said', async () => {
    await quote('A');
    answer = (_request, response) => void response.end('{"sku":"A"}');
    expect((await quote('A')).body.source).toBe('last-known');
  });

  it('keeps failing, is no longer asked', async () => {
    const openForLong = { ...inventoryPolicy.circuitBreaker, openDuration: 3_600_000 };
    const policies = { inventory: { ...inventoryPolicy, circuitBreaker: openForLong } };
    order.app.get(ResilienceRegistry).reload({ policies });
    await quote('A');
    answer = fails;
    while ((await circuit())?.state !== 'open') await quote('A');

    const before = asked;
    expect((await quote('A')).body.source).toBe('last-known');
    const refused = await quote('B');
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000);
    expect(asked).toBe(before);
  });

  it('answers after it had kept failing, is asked again: the circuit closes', async () => {
    answer = fails;
    while ((await circuit())?.state !== 'open') await quote('A');
    answer = product;
    await until(
      async () => (await quote('A'), circuit()),
      (found) => found?.state === 'closed',
    );
    expect((await quote('A')).body.source).toBe('inventory');
  });

  it('does not know the product, is 404, asked once and never a failure', async () => {
    answer = unknown;
    for (let count = 0; count < 20; count += 1) expect((await quote('A')).status).toBe(404);
    expect(asked).toBe(20);
    expect(await circuit()).toMatchObject({ state: 'closed', totals: { failed: 0 } });
  });

  it('no longer has the product, forgets what it knew of it', async () => {
    await quote('A');
    answer = unknown;
    await quote('A');
    answer = fails;
    expect((await quote('A')).status).toBe(503);
  });

  it('says nothing, is given up after the timeout, and the connection with it', async () => {
    await quote('A');
    const aborted = new Promise<void>((resolve) => {
      answer = (incoming) => void incoming.once('close', resolve);
    });
    expect((await quote('A')).body.source).toBe('last-known');
    await aborted;
  });

  it('is too slow, has three chances, and each is a failure for the circuit', async () => {
    const registry = order.app.get(ResilienceRegistry);
    registry.reload({ policies: { inventory: { ...inventoryPolicy, timeout: { attempt: 50 } } } });
    const timeouts: unknown[] = [];
    registry.subscribe((event) => {
      if (event.type === 'timeout') timeouts.push(event.scope);
    });
    answer = silent;
    expect((await quote('A')).status).toBe(503);
    expect(timeouts).toEqual(['attempt', 'attempt', 'attempt']);
    expect(await circuit()).toMatchObject({ totals: { failed: 3 } });
  });

  it('says nothing, does not keep orders waiting', async () => {
    answer = silent;
    const ended: string[] = [];
    const slow = quote('A').then((answered) => (ended.push('quote'), answered));
    await until(
      () => Promise.resolve(asked),
      (count) => count > 0,
    );
    const placed = await request('POST', `${order.url}/orders`, {
      customerId: 'A',
      lines: [{ sku: 'A', quantity: 1, unitPrice: 1 }],
    });
    ended.push('order');
    expect([placed.status, (await slow).status]).toEqual([202, 503]);
    expect(ended).toEqual(['order', 'quote']);
  });

  it('is listed by describe() with all its policies, outermost first', () => {
    const { pipelines } = order.app.get(ResilienceRegistry).describe();
    const product = pipelines.find(({ name }) => name === 'inventory');
    expect(product?.policies.map(({ kind }) => kind)).toEqual(['retry', 'circuitBreaker', 'timeout', 'bulkhead']);
  });
});
