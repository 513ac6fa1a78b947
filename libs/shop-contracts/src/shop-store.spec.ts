import { shopStore } from './index.js';

describe('shopStore', () => {
  it('is a file of the service on this machine unless told otherwise, whatever the transport is', () => {
    expect(shopStore('order', {})).toEqual({ type: 'sqlite', file: 'order.db' });
    expect(shopStore('inventory', { SHOP_TRANSPORT: 'aws' })).toEqual({ type: 'sqlite', file: 'inventory.db' });
  });

  it('is a table of the service where the environment says so, each stage by itself', () => {
    const store = shopStore('order', { SHOP_STORE: 'dynamodb', SHOP_STAGE: 'prod' });
    expect(store).toEqual({ type: 'dynamodb', tablePrefix: 'prod-order', provision: 'create' });
  });
});
