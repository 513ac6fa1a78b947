import fc from 'fast-check';
import { shortageOf, totalByProduct } from './allocate.js';
import { Product } from './product.js';

const productWith = (sku: string, stock: number): Product => {
  const product = new Product(sku);
  product.list(sku, 1, stock);
  return product;
};

const lines = fc.array(fc.record({ sku: fc.constantFrom('A', 'B', 'C'), quantity: fc.integer({ min: 1, max: 9 }) }), {
  minLength: 1,
  maxLength: 6,
});

describe('allocating stock', () => {
  it('adds up the lines of a product, whatever their order', () => {
    fc.assert(
      fc.property(lines, (ordered) => {
        const totals = totalByProduct(ordered);
        expect(new Set(totals.map(({ sku }) => sku)).size).toBe(totals.length);
        const sum = (all: readonly { quantity: number }[]) => all.reduce((total, { quantity }) => total + quantity, 0);
        expect(sum(totals)).toBe(sum(ordered));
        for (const { sku, quantity } of totals) {
          expect(quantity).toBe(sum(ordered.filter((line) => line.sku === sku)));
        }
      }),
      { seed: 42 },
    );
  });

  it('finds a shortage exactly when some product has too few pieces free', () => {
    fc.assert(
      fc.property(lines, fc.array(fc.nat(20), { minLength: 3, maxLength: 3 }), (ordered, stock) => {
        const totals = totalByProduct(ordered);
        const free = new Map(['A', 'B', 'C'].map((sku, at) => [sku, stock[at] ?? 0]));
        const products = new Map([...free].map(([sku, pieces]) => [sku, productWith(sku, pieces)]));
        const short = totals.some(({ sku, quantity }) => quantity > (free.get(sku) ?? 0));
        expect(shortageOf(totals, products) !== undefined).toBe(short);
      }),
      { seed: 42 },
    );
  });

  it('says what is short, and what is not known at all', () => {
    const products = new Map([
      ['A', productWith('A', 2)],
      ['B', new Product('B')],
    ]);
    const wanted = ['A', 'B', 'C'].map((sku) => ({ sku, quantity: 3 }));
    expect(shortageOf(wanted, products)).toBe(
      'Not enough stock. A: 3 ordered, 2 available; B is not a known product; C is not a known product',
    );
  });

  it('names a few shortages of many, so that the reason fits into its message', () => {
    const wanted = Array.from({ length: 50 }, (_, at) => ({ sku: `${at}-`.padEnd(64, 'x'), quantity: 1_000_000 }));
    const reason = shortageOf(wanted, new Map()) ?? '';
    expect(reason).toMatch(/; and 45 more$/);
    expect(reason.length).toBeLessThan(2_000);
  });
});
