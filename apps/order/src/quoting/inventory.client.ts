import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { Clock } from 'nestjs-loose-coupling';
import { currentAttempt, Fallback, Resilient } from 'nestjs-loose-coupling/resilience';
import { InventoryFailedError } from './inventory-failed.error.js';
import { InventoryUnavailableException } from './inventory-unavailable.exception.js';
import { isInventoryFailure } from './inventory.policy.js';
import { INVENTORY_URL } from './inventory-url.js';
import type { KnownProduct } from './known-product.js';
import { LastKnownProducts } from './last-known-products.js';
import { readProduct } from './read-product.js';

/** Asks the inventory service, over HTTP; remembers its answers for when it does not give any. */
@Injectable()
export class InventoryClient {
  constructor(
    @Inject(INVENTORY_URL) private readonly url: string,
    private readonly lastKnown: LastKnownProducts,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws {NotFoundException} when inventory does not know the product
   * @throws {InventoryUnavailableException} when inventory does not answer, and has not spoken of the product before
   */
  @Fallback('recall', { on: isInventoryFailure })
  @Resilient('inventory')
  async product(sku: string): Promise<KnownProduct> {
    const signal = currentAttempt()?.signal ?? null;
    const response = await fetch(`${this.url}/products/${encodeURIComponent(sku)}`, { signal });
    if (!response.ok) {
      // A body that nobody reads would keep its connection.
      await response.body?.cancel();
      throw this.refusal(sku, response);
    }
    const product = readProduct(await response.json(), this.clock.now());
    this.lastKnown.remember(product);
    return product;
  }

  protected recall(error: unknown, sku: string): KnownProduct {
    const product = this.lastKnown.find(sku);
    if (!product) throw new InventoryUnavailableException(error);
    return { ...product, source: 'last-known' };
  }

  private refusal(sku: string, { status, headers }: Response): Error {
    if (status !== 404) return new InventoryFailedError(`Inventory answered ${status}.`, headers);
    this.lastKnown.forget(sku);
    return new NotFoundException(`There is no product ${sku}.`);
  }
}
