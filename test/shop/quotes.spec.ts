import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ResilienceRegistry } from 'nestjs-loose-coupling/resilience';
import { AppModule as OrderModule } from '../../apps/order/src/app.module.js';
import { request, until } from './http.js';
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
  const breaksDown = async () => {
    answer = fails;
    while ((await circuit())?.state !== 'open') await quote('A');
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

  it('keeps failing, no longer asks: the circuit is open, and closes when it answers again', async () => {
    await quote('A');
    await breaksDown();
    const before = asked;
    expect((await quote('A')).body.source).toBe('last-known');
    expect((await quote('B')).status).toBe(503);
    expect(asked).toBe(before);

    answer = product;
    const again = await until(
      () => quote('B'),
      ({ status }) => status === 200,
    );
    expect(again.body.source).toBe('inventory');
    await until(
      async () => (await quote('B'), circuit()),
      (found) => found?.state === 'closed',
    );
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

  it('says nothing, does not keep orders waiting', async () => {
    answer = silent;
    const slow = quote('A');
    const placed = await request('POST', `${order.url}/orders`, {
      customerId: 'A',
      lines: [{ sku: 'A', quantity: 1, unitPrice: 1 }],
    });
    expect(placed.status).toBe(202);
    expect((await slow).status).toBe(503);
  });

  it('is listed by describe() with all its policies, outermost first', () => {
    const described = JSON.stringify(order.app.get(ResilienceRegistry).describe());
    expect(described).toContain('InventoryClient.product');
  });
});
