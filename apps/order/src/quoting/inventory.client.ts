import { Injectable, NotFoundException } from '@nestjs/common';
import { Clock } from 'nestjs-loose-coupling';
import { Fallback } from 'nestjs-loose-coupling/resilience';
import { InjectServiceClient, ServiceClient, ServiceResponseError } from 'nestjs-loose-coupling/services';
import { Inventory } from './inventory.contract.js';
import { isInventoryFailure } from './inventory.policy.js';
import { InventoryUnavailableException } from './inventory-unavailable.exception.js';
import type { KnownProduct } from './known-product.js';
import { LastKnownProducts } from './last-known-products.js';

/** Asks the inventory service, and remembers its answers for when it does not give any. */
@Injectable()
export class InventoryClient {
  constructor(
    @InjectServiceClient(Inventory) private readonly inventory: ServiceClient<typeof Inventory>,
    private readonly lastKnown: LastKnownProducts,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws {NotFoundException} when inventory does not know the product
   * @throws {InventoryUnavailableException} when inventory does not answer, and has not spoken of the product before
   */
  @Fallback('recall', { on: isInventoryFailure })
  async product(sku: string): Promise<KnownProduct> {
    try {
      const answer = await this.inventory.request('product', { sku });
      const product: KnownProduct = { ...answer, asOf: this.clock.now(), source: 'inventory' };
      this.lastKnown.remember(product);
      return product;
    } catch (error) {
      if (!(error instanceof ServiceResponseError) || error.status !== 404) throw error;
      this.lastKnown.forget(sku);
      throw new NotFoundException(`There is no product ${sku}.`);
    }
  }

  protected recall(error: unknown, sku: string): KnownProduct {
    const product = this.lastKnown.find(sku);
    if (!product) throw new InventoryUnavailableException(error);
    return { ...product, source: 'last-known' };
  }
}
