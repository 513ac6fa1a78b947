import { MessageBus, MessageTransport } from 'nestjs-loose-coupling';
import { OrderCancelled, OrderPlaced } from '@shop/contracts';
import { request, until, type Stock } from './http.js';
import { openShop, type Shop } from './shop.js';

describe('messages that arrive in another order, or twice', () => {
  let shop: Shop;
  let bus: MessageBus;
  beforeAll(async () => {
    shop = await openShop();
    bus = shop.order.get(MessageBus);
    await request('PUT', `${shop.inventoryUrl}/products/O-1`, { name: 'O', unitPrice: 1, stock: 10 });
  });
  afterAll(() => shop.close());

  const reservation = (orderId: string) =>
    request<{ status: string }>('GET', `${shop.inventoryUrl}/reservations/${orderId}`);
  /** Resolves when inventory has nothing left of what was published before. */
  const handled = () =>
    until(
      () => shop.inventory.get(MessageTransport).queue('inventory-shop-order-placed').depth(),
      ({ available, inFlight, delayed }) => available + inFlight + delayed === 0,
    );
  const stock = async () => (await request<Stock>('GET', `${shop.inventoryUrl}/products/O-1`)).body;
  const placed = (orderId: string) => ({
    orderId,
    customerId: 'A',
    lines: [{ sku: 'O-1', quantity: 2, unitPrice: 1 }],
  });

  it('reserves nothing when the cancellation overtakes the order', async () => {
    await bus.publish(OrderCancelled, { orderId: 'overtaken' });
    await until(
      () => reservation('overtaken'),
      (answer) => answer.body.status === 'released',
    );
    await bus.publish(OrderPlaced, placed('overtaken'));
    await bus.publish(OrderPlaced, placed('after'));
    await handled();
    expect((await reservation('after')).body.status).toBe('reserved');
    expect((await stock()).reserved).toBe(2);
    expect((await reservation('overtaken')).body.status).toBe('released');
  });

  it('reserves once for an order that is announced twice, by one message or by two', async () => {
    const before = (await stock()).reserved;
    await bus.publish(OrderPlaced, placed('twice'), { id: 'the-same-message' });
    await bus.publish(OrderPlaced, placed('twice'), { id: 'the-same-message' });
    await bus.publish(OrderPlaced, placed('twice'));
    await handled();
    expect((await stock()).reserved).toBe(before + 2);
  });
});
