import { LastKnownProducts } from './last-known-products.js';

const product = (sku: string, unitPrice = 1) =>
  ({ sku, name: sku, unitPrice, available: 1, asOf: 0, source: 'inventory' }) as const;

describe('what is remembered of products', () => {
  it('is the last answer', () => {
    const products = new LastKnownProducts();
    products.remember(product('A', 1));
    products.remember(product('A', 2));
    expect(products.find('A')).toMatchObject({ unitPrice: 2 });
    products.forget('A');
    expect(products.find('A')).toBeUndefined();
  });

  it('is bounded: what was heard of longest ago goes first', () => {
    const products = new LastKnownProducts();
    for (let count = 0; count < 10_000; count += 1) products.remember(product(`${count}`));
    products.remember(product('0'));
    products.remember(product('one more'));
    expect(products.find('1')).toBeUndefined();
    expect(products.find('0')).toEqual(product('0'));
    expect(products.find('2')).toEqual(product('2'));
  });
});
