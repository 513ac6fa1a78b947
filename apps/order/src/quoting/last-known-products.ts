import { Injectable } from '@nestjs/common';
import type { KnownProduct } from './known-product.js';

const MOST_PRODUCTS = 10_000;

/** What inventory last said of the products that were asked for lately. */
@Injectable()
export class LastKnownProducts {
  private readonly products = new Map<string, KnownProduct>();

  remember(product: KnownProduct): void {
    // A map keeps the order of insertion: the first one is the one that was heard of longest ago.
    this.products.delete(product.sku);
    this.products.set(product.sku, product);
    const [oldest] = this.products.keys();
    if (this.products.size > MOST_PRODUCTS && oldest !== undefined) this.products.delete(oldest);
  }

  forget(sku: string): void {
    this.products.delete(sku);
  }

  find(sku: string): KnownProduct | undefined {
    return this.products.get(sku);
  }
}
