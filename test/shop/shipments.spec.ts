import { request, until, type Order } from './http.js';
import { openShop, type Shop } from './shop.js';

interface Shipment {
  readonly orderId: string;
  readonly status: string;
  readonly slot?: string;
  readonly labels?: readonly string[];
  readonly reason?: string;
  readonly steps: readonly { name: string; done: boolean; undone?: boolean; at: string }[];
}

describe('the shipment of an order', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
    await request('PUT', `${shop.inventoryUrl}/products/A`, { name: 'A', unitPrice: 1, stock: 5_000 });
    await request('PUT', `${shop.inventoryUrl}/products/B`, { name: 'B', unitPrice: 1, stock: 5_000 });
  });
  afterAll(() => shop.close());

  async function place(...quantities: number[]): Promise<string> {
    const lines = quantities.map((quantity, index) => ({ sku: 'AB'[index] ?? 'none', quantity, unitPrice: 1 }));
    return (await request<Order>('POST', `${shop.orderUrl}/orders`, { customerId: 'VINET', lines })).body.orderId;
  }
  const shipmentOf = (orderId: string) => request<Shipment>('GET', `${shop.orderUrl}/orders/${orderId}/shipment`);
  const ended = (orderId: string) =>
    until(
      () => shipmentOf(orderId),
      ({ status, body }) => status === 200 && !['preparing', 'taking-back'].includes(body.status),
    );
  const order = async (orderId: string) => (await request<Order>('GET', `${shop.orderUrl}/orders/${orderId}`)).body;

  it('is handed over once the order is confirmed, with a label for each line', async () => {
    const orderId = await place(2, 3);
    const { body } = await ended(orderId);
    expect(body).toMatchObject({ orderId, status: 'handed-over', slot: expect.stringMatching(/^slot-/) as unknown });
    expect(new Set(body.labels).size).toBe(2);
    expect(body.steps.map(({ name, done }) => `${name} ${done}`)).toEqual([
      'reserve-slot true',
      'print-label true',
      'print-label true',
      'hand-over true',
    ]);
    expect((await order(orderId)).history.map(({ status }) => status)).toEqual(['pending', 'confirmed']);
  });

  it('is taken back when the van is too small, and the order is what it was', async () => {
    const orderId = await place(600, 401);
    const { body } = await ended(orderId);
    expect(body).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/A van takes 1000 units, and these are 1001/) as unknown,
    });
    expect(body).not.toHaveProperty('slot');
    expect(body.steps.map(({ name, done, undone }) => [name, done, undone])).toEqual([
      ['reserve-slot', true, true],
      ['print-label', true, true],
      ['print-label', true, true],
      ['hand-over', false, undefined],
    ]);
    expect((await order(orderId)).status).toBe('confirmed');
  });

  it('is none while the order is not confirmed, nor ever when it is rejected', async () => {
    const orderId = await place(9_999);
    await until(
      () => order(orderId),
      ({ status }) => status === 'rejected',
    );
    // One that is confirmed later is through, so the shipments have seen this one.
    await ended(await place(1));
    expect(await shipmentOf(orderId)).toMatchObject({ status: 404, body: { status: 404 } });
    expect((await shipmentOf('nobody')).status).toBe(404);
  });

  it('is in the contract that the service publishes', async () => {
    const { body } = await request<{ paths: Record<string, { get?: { responses: object } }> }>(
      'GET',
      `${shop.orderUrl}/docs-json`,
    );
    const responses = body.paths['/orders/{orderId}/shipment']?.get?.responses ?? {};
    expect(Object.keys(responses)).toEqual(['200', '404']);
  });
});
