import type { KnownProduct } from './known-product.js';
import { quoteFor } from './quote.js';

const product: KnownProduct = {
  sku: 'NW-001',
  name: 'Chai',
  unitPrice: 0.1,
  available: 3,
  asOf: 0,
  source: 'inventory',
};

describe('a quote', () => {
  it('comes to whole cents', () => {
    expect(quoteFor(product, 3).total).toBe(0.3);
  });

  it('says whether all of the pieces are there', () => {
    expect([3, 4].map((quantity) => quoteFor(product, quantity).inStock)).toEqual([true, false]);
  });
});
