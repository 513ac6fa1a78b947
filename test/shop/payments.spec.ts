import { ProcessManagers } from 'nestjs-loose-coupling/event-sourcing';
import { request, until, type Order, type Stock } from './http.js';
import { openShop, type Shop } from './shop.js';

jest.setTimeout(30_000);

interface PaidOrder extends Order {
  readonly paidAt?: string;
}

const DEADLINE = 'ORDER_PAYMENT_DEADLINE_MS';
/** Longer than the test may take, and as long as it must wait. */
const NEVER = '3600000';
const SOON = '300';

describe.each([
  ['off', undefined],
  ['far away', NEVER],
  ['near', SOON],
])('payments with a deadline that is %s', (_name, deadline) => {
  let shop: Shop;
  beforeAll(async () => {
    if (deadline !== undefined) process.env[DEADLINE] = deadline;
    shop = await openShop();
    await request('PUT', `${shop.inventoryUrl}/products/P-1`, { name: 'P', unitPrice: 1, stock: 10 });
  }, 30_000);
  afterAll(async () => {
    await shop.close();
    delete process.env[DEADLINE];
  });

  const order = (orderId: string) => request<PaidOrder>('GET', `${shop.orderUrl}/orders/${orderId}`);
  const pay = (orderId: string) => request<PaidOrder>('POST', `${shop.orderUrl}/orders/${orderId}/payments`);
  const reservation = async (orderId: string) =>
    (await request<{ status: string }>('GET', `${shop.inventoryUrl}/reservations/${orderId}`)).body.status;
  const stock = async () => (await request<Stock>('GET', `${shop.inventoryUrl}/products/P-1`)).body;
  const place = async (quantity: number): Promise<string> => {
    const lines = [{ sku: 'P-1', quantity, unitPrice: 1 }];
    const { body } = await request<Order>('POST', `${shop.orderUrl}/orders`, { customerId: 'A', lines });
    return body.orderId;
  };
  const becomes = async (orderId: string, status: string) =>
    (
      await until(
        () => order(orderId),
        ({ body }) => body.status === status,
      )
    ).body;
  const fulfilment = (orderId: string) => shop.order.get(ProcessManagers).find('order-fulfilment', orderId);
  const waitsFor = (orderId: string, what: string) =>
    until(
      () => fulfilment(orderId),
      (found) => found?.waitingFor.includes(what) === true,
    );

  it('rejects at once what there is no stock for', async () => {
    const orderId = await place(1_000);
    const { reason } = await becomes(orderId, 'rejected');
    expect(reason).toContain('P-1');
    expect((await pay(orderId)).status).toBe(409);
    expect((await pay('nobody')).status).toBe(404);
  });

  if (deadline === undefined) {
    it('confirms what is reserved, and notes a payment', async () => {
      const orderId = await place(2);
      expect(await becomes(orderId, 'confirmed')).not.toHaveProperty('paidAt');
      expect((await pay(orderId)).status).toBe(202);
      const { body } = await pay(orderId);
      expect(body).toMatchObject({ status: 'confirmed', paidAt: expect.any(String) });
      expect(body.history.map(({ status }) => status)).toEqual(['pending', 'confirmed']);
    });
  }

  if (deadline === NEVER) {
    it('confirms what is reserved once it is paid, in either order', async () => {
      const later = await place(2);
      await waitsFor(later, 'payment');
      expect((await order(later)).body.status).toBe('pending');
      const paid = await pay(later);
      expect(paid.status).toBe(202);
      await becomes(later, 'confirmed');

      const first = await place(1);
      await pay(first);
      expect((await becomes(first, 'confirmed')).history.map(({ status }) => status)).toEqual(['pending', 'confirmed']);
      expect(await fulfilment(first)).toMatchObject({ status: 'completed', deadlines: [] });
    });

    it('waits no longer for an order that its customer cancels', async () => {
      const orderId = await place(3);
      await waitsFor(orderId, 'payment');
      await request('POST', `${shop.orderUrl}/orders/${orderId}/cancel`);
      await until(
        () => fulfilment(orderId),
        (found) => found?.status === 'completed',
      );
      expect((await becomes(orderId, 'cancelled')).reason).toBeUndefined();
    });
  }

  if (deadline === SOON) {
    it('cancels what is not paid in time, and has its stock released', async () => {
      const before = await stock();
      const orderId = await place(4);
      const cancelled = await becomes(orderId, 'cancelled');
      expect(cancelled).toMatchObject({ reason: 'The order was not paid in time.' });
      expect(cancelled.history.map(({ status }) => status)).toEqual(['pending', 'cancelled']);
      await until(
        () => reservation(orderId),
        (status) => status === 'released',
      );
      expect(await stock()).toEqual(before);
      expect((await pay(orderId)).status).toBe(409);
      await until(
        () => fulfilment(orderId),
        (found) => found?.status === 'completed',
      );
    });
  }
});
