import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppModule as InventoryModule } from '../../apps/inventory/src/app.module.js';
import { AppModule as OrderModule } from '../../apps/order/src/app.module.js';
import { request, until, type Order } from './http.js';
import { listen } from './shop.js';

describe('an order that is placed before inventory has ever run', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'loose-coupling-first-'));
  const before = process.env['LOOSE_COUPLING_DATA_DIR'];
  beforeAll(() => {
    process.env['LOOSE_COUPLING_DATA_DIR'] = dataDir;
  });
  afterAll(() => {
    if (before === undefined) delete process.env['LOOSE_COUPLING_DATA_DIR'];
    else process.env['LOOSE_COUPLING_DATA_DIR'] = before;
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('is decided when inventory comes', async () => {
    const order = await listen(OrderModule);
    const lines = [{ sku: 'A', quantity: 1, unitPrice: 1 }];
    const placed = await request<Order>('POST', `${order.url}/orders`, { customerId: 'A', lines });
    // Only a closed service has surely published what it stored.
    await order.app.close();

    const inventory = await listen(InventoryModule);
    const again = await listen(OrderModule);
    const decided = await until(
      () => request<Order>('GET', `${again.url}/orders/${placed.body.orderId}`),
      (answer) => answer.body.status !== 'pending',
    );
    expect(decided.body).toMatchObject({ status: 'rejected', reason: 'Not enough stock. A is not a known product' });
    await Promise.all([again.app.close(), inventory.app.close()]);
  });
});
