import { request, until, type Order, type Stock } from './http.js';
import type { Shop } from './shop.js';

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: { pointer: string; detail: string }[];
}

interface Page {
  readonly items: { orderId: string; status: string }[];
  readonly nextCursor?: string;
}

/** What callers of the sample services rely on, wherever those keep their events. Inside a `describe`. */
export function describeHttpContract(open: () => Promise<Shop>): void {
  let shop: Shop;
  beforeAll(async () => {
    shop = await open();
  });
  afterAll(() => shop.close());

  const putProduct = (sku: string, stock: number) =>
    request<Stock>('PUT', `${shop.inventoryUrl}/products/${sku}`, { name: `Product ${sku}`, unitPrice: 2.5, stock });
  const getProduct = (sku: string) => request<Stock>('GET', `${shop.inventoryUrl}/products/${sku}`);
  const placeOrder = (sku: string, quantity: number, headers?: Record<string, string>) =>
    request<Order>(
      'POST',
      `${shop.orderUrl}/orders`,
      { customerId: 'VINET', lines: [{ sku, quantity, unitPrice: 2.5 }] },
      headers,
    );
  const getOrder = (orderId: string) => request<Order>('GET', `${shop.orderUrl}/orders/${orderId}`);
  const orderBecomes = (orderId: string, status: string) =>
    until(
      () => getOrder(orderId),
      (answer) => answer.body.status === status,
    );
  const reservation = (orderId: string) =>
    request<{ status: string; lines: unknown[] }>('GET', `${shop.inventoryUrl}/reservations/${orderId}`);

  it('accepts an order at once and confirms it when the stock is there', async () => {
    await putProduct('C-1', 10);
    const placed = await placeOrder('C-1', 4);
    expect(placed.status).toBe(202);
    expect(placed.headers.get('location')).toBe(`/orders/${placed.body.orderId}`);
    expect(placed.body).toEqual({ orderId: placed.body.orderId, status: 'pending' });

    const { body } = await orderBecomes(placed.body.orderId, 'confirmed');
    expect(body).toMatchObject({ customerId: 'VINET', lines: [{ sku: 'C-1', quantity: 4, unitPrice: 2.5 }] });
    expect(body.history.map((step) => step.status)).toEqual(['pending', 'confirmed']);
    expect((await getProduct('C-1')).body).toEqual({
      sku: 'C-1',
      name: 'Product C-1',
      unitPrice: 2.5,
      onHand: 10,
      reserved: 4,
      available: 6,
    });
    expect((await reservation(placed.body.orderId)).body).toEqual({
      orderId: placed.body.orderId,
      status: 'reserved',
      lines: [{ sku: 'C-1', quantity: 4 }],
    });
  });

  it('rejects an order with the reason when a line cannot be reserved, and reserves none of the others', async () => {
    await putProduct('R-1', 10);
    await putProduct('R-2', 1);
    const lines = [
      { sku: 'R-1', quantity: 5, unitPrice: 1 },
      { sku: 'R-2', quantity: 2, unitPrice: 1 },
      { sku: 'R-unknown', quantity: 1, unitPrice: 1 },
    ];
    const { body } = await request<Order>('POST', `${shop.orderUrl}/orders`, { customerId: 'A', lines });
    const rejected = await orderBecomes(body.orderId, 'rejected');
    expect(rejected.body.reason).toBe(
      'Not enough stock. R-2: 2 ordered, 1 available; R-unknown is not a known product',
    );
    expect((await getProduct('R-1')).body.reserved).toBe(0);
    expect((await request('POST', `${shop.orderUrl}/orders/${body.orderId}/cancel`)).status).toBe(409);
  });

  it('counts lines of the same product together', async () => {
    await putProduct('S-1', 5);
    const lines = [3, 3].map((quantity) => ({ sku: 'S-1', quantity, unitPrice: 1 }));
    const { body } = await request<Order>('POST', `${shop.orderUrl}/orders`, { customerId: 'A', lines });
    expect((await orderBecomes(body.orderId, 'rejected')).body.reason).toContain('S-1: 6 ordered, 5 available');
  });

  it('releases the stock of a cancelled order', async () => {
    await putProduct('X-1', 3);
    const { body } = await placeOrder('X-1', 3);
    await orderBecomes(body.orderId, 'confirmed');
    const cancelled = await request<Order>('POST', `${shop.orderUrl}/orders/${body.orderId}/cancel`);
    expect(cancelled.status).toBe(202);
    expect(cancelled.body.status).toBe('cancelled');
    await until(
      () => getProduct('X-1'),
      (answer) => answer.body.available === 3,
    );
    expect((await reservation(body.orderId)).body).toMatchObject({ status: 'released' });
    expect((await request('POST', `${shop.orderUrl}/orders/${body.orderId}/cancel`)).status).toBe(202);
    expect((await getOrder(body.orderId)).body.history).toHaveLength(3);
  });

  it('places one order for one Idempotency-Key, also when the requests race', async () => {
    await putProduct('I-1', 100);
    const key = { 'idempotency-key': 'key-1' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => placeOrder('I-1', 1, key)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.body.orderId)).size).toBe(1);
    await orderBecomes(answers[0]!.body.orderId, 'confirmed');
    expect((await placeOrder('I-1', 1, key)).body).toEqual(answers[0]!.body);
    expect((await getProduct('I-1')).body.reserved).toBe(1);

    const other = await placeOrder('I-1', 2, key);
    expect(other.status).toBe(422);
    expect((await placeOrder('I-1', 1, { 'idempotency-key': '' })).status).toBe(400);
  });

  it('pages through the orders by status', async () => {
    await putProduct('P-1', 0);
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push((await placeOrder('P-1', 1)).body.orderId);
    await Promise.all(ids.map((id) => orderBecomes(id, 'rejected')));

    const seen: string[] = [];
    let cursor = '';
    do {
      const query = `status=rejected&limit=2${cursor ? `&cursor=${cursor}` : ''}`;
      const { body } = await request<Page>('GET', `${shop.orderUrl}/orders?${query}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      expect(body.items.every((item) => item.status === 'rejected')).toBe(true);
      seen.push(...body.items.map((item) => item.orderId));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
    expect(new Set(seen).size).toBe(seen.length);

    for (const query of ['limit=0', 'limit=x', 'status=lost', 'cursor=%00', 'cursor=abc']) {
      expect((await request('GET', `${shop.orderUrl}/orders?${query}`)).status).toBe(400);
    }
  });

  it('answers faulty requests with problem details that name every fault', async () => {
    const { status, headers, body } = await request<Problem>('POST', `${shop.orderUrl}/orders`, {
      customerId: '',
      lines: [{ sku: 'A', quantity: 0, unitPrice: -1 }],
      extra: true,
    });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({ type: 'about:blank', title: 'Bad Request', status: 400, instance: '/orders' });
    expect(body.errors?.map((fault) => fault.pointer).toSorted()).toEqual([
      '/customerId',
      '/extra',
      '/lines/0/quantity',
      '/lines/0/unitPrice',
    ]);
  });

  it('refuses text that cannot be stored, wherever it comes', async () => {
    const line = { sku: 'A', quantity: 1, unitPrice: 1 };
    const bodies = [
      { customerId: 'A\u0000', lines: [line] },
      { customerId: '\ud800', lines: [line] },
      { customerId: 'A', lines: [{ ...line, sku: 'A\u0000x' }] },
      { customerId: 'A', lines: [[line]] },
    ];
    for (const body of bodies) expect((await request('POST', `${shop.orderUrl}/orders`, body)).status).toBe(400);
    for (const url of [
      `${shop.orderUrl}/orders/a%00b`,
      `${shop.inventoryUrl}/products/a%00b`,
      `${shop.inventoryUrl}/reservations/a%00b`,
    ]) {
      expect((await request('GET', url)).status).toBe(400);
    }
    expect((await putProduct('a%00b', 1)).status).toBe(400);
  });

  it('decides an order of fifty unknown products, whose shortages would fill a message', async () => {
    const lines = Array.from({ length: 50 }, (_, at) => ({ sku: `${at}-`.padEnd(64, 'x'), quantity: 1, unitPrice: 1 }));
    const { body } = await request<Order>('POST', `${shop.orderUrl}/orders`, { customerId: 'A', lines });
    expect((await orderBecomes(body.orderId, 'rejected')).body.reason).toMatch(/and 45 more$/);
  });

  it.each([
    ['malformed JSON', '{', 400],
    ['a body over the limit', JSON.stringify({ customerId: 'A'.repeat(200_000) }), 413],
  ])('refuses %s', async (_what, body, expected) => {
    const answer = await request<Problem>('POST', `${shop.orderUrl}/orders`, body);
    expect(answer.status).toBe(expected);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.status).toBe(expected);
  });

  it('answers 404 with problem details for what is not there', async () => {
    for (const url of [
      `${shop.orderUrl}/orders/none`,
      `${shop.inventoryUrl}/products/none`,
      `${shop.inventoryUrl}/reservations/none`,
      `${shop.orderUrl}/nothing`,
    ]) {
      const answer = await request<Problem>('GET', url);
      expect([answer.status, answer.body.title]).toEqual([404, 'Not Found']);
    }
  });

  it('keeps what is reserved when the stock of a product is changed', async () => {
    await putProduct('K-1', 5);
    const { body } = await placeOrder('K-1', 4);
    await orderBecomes(body.orderId, 'confirmed');
    expect((await putProduct('K-1', 3)).status).toBe(409);
    expect((await putProduct('K-1', 8)).body).toMatchObject({ onHand: 8, reserved: 4, available: 4 });
  });

  it('describes itself at /docs and answers /health', async () => {
    for (const url of [shop.orderUrl, shop.inventoryUrl]) {
      expect((await request<{ status: string }>('GET', `${url}/health`)).body.status).toBe('ok');
      const page = await fetch(`${url}/docs`);
      expect(page.headers.get('content-type')).toContain('text/html');
      const document = await request<{ paths: object }>('GET', `${url}/docs-json`);
      expect(Object.keys(document.body.paths)).toContain('/health');
    }
  });
}
