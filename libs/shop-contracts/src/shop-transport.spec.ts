import { shopTransport } from './index.js';

describe('shopTransport', () => {
  it('is a file on this machine unless told otherwise', () => {
    expect(shopTransport({})).toEqual({ type: 'local', file: 'broker.db' });
  });

  it('is AWS where the environment says so, each stage by itself', () => {
    const transport = shopTransport({ SHOP_TRANSPORT: 'aws', SHOP_STAGE: 'prod' });
    expect(transport).toMatchObject({ type: 'aws', prefix: 'prod', provision: 'create' });
  });

  it('makes its queues, or only looks at them, as the environment says', () => {
    const provisionOf = (SHOP_PROVISION: string) => shopTransport({ SHOP_TRANSPORT: 'aws', SHOP_PROVISION });
    expect(provisionOf('validate')).toMatchObject({ provision: 'validate' });
    expect(() => provisionOf('perhaps')).toThrow(/SHOP_PROVISION must be create, validate or none, got "perhaps"/);
  });
});
