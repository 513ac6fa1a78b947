import { request, until, type Order, type Stock } from './http.js';
import { expectedOutcome, orders, products } from './northwind.js';
import { openShop, type Shop } from './shop.js';

describe('830 Northwind orders, each awaited before the next', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());

  it('are confirmed and rejected exactly as all-or-nothing reservation in that order implies', async () => {
    for (const { sku, name, unitPrice, unitsInStock } of products()) {
      await request('PUT', `${shop.inventoryUrl}/products/${sku}`, { name, unitPrice, stock: unitsInStock });
    }

    const outcome = new Map<string, string>();
    for (const { orderId, customerId, lines } of orders()) {
      const body = { customerId, lines: lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice })) };
      const placed = await request<Order>('POST', `${shop.orderUrl}/orders`, body);
      const decided = await until(
        () => request<Order>('GET', `${shop.orderUrl}/orders/${placed.body.orderId}`),
        (answer) => answer.body.status !== 'pending',
      );
      outcome.set(orderId, decided.body.status);
    }

    const expected = expectedOutcome();
    const wrong = orders().filter(
      ({ orderId }) => outcome.get(orderId) !== (expected.confirmed.has(orderId) ? 'confirmed' : 'rejected'),
    );
    expect(wrong).toEqual([]);
    expect(outcome.size).toBe(830);
    // Both kinds occur, so that neither branch goes untested.
    expect(expected.confirmed.size).toBeGreaterThan(20);
    expect(expected.confirmed.size).toBeLessThan(810);

    for (const { sku, unitsInStock } of products()) {
      const { body } = await request<Stock>('GET', `${shop.inventoryUrl}/products/${sku}`);
      const reserved = expected.reserved.get(sku) ?? 0;
      expect(body).toMatchObject({ onHand: unitsInStock, reserved, available: unitsInStock - reserved });
    }
  }, 240_000);
});
