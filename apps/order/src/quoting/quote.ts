import type { KnownProduct } from './known-product.js';

/** What some pieces of a product would cost. */
export interface Quote {
  readonly product: KnownProduct;
  readonly quantity: number;
  readonly total: number;
  readonly inStock: boolean;
}

export function quoteFor(product: KnownProduct, quantity: number): Quote {
  const total = Math.round(product.unitPrice * quantity * 100) / 100;
  return { product, quantity, total, inStock: product.available >= quantity };
}
