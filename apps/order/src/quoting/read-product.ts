import { InventoryFailedError } from './inventory-failed.error.js';
import type { KnownProduct } from './known-product.js';

/**
 * What order needs of inventory's answer; more may come, and is not looked at.
 * @throws {InventoryFailedError} when it is no product
 */
export function readProduct(answer: unknown, now: number): KnownProduct {
  const { sku, name, unitPrice, available } = (answer ?? {}) as Record<string, unknown>;
  if (
    typeof sku !== 'string' ||
    typeof name !== 'string' ||
    typeof unitPrice !== 'number' ||
    typeof available !== 'number'
  ) {
    throw new InventoryFailedError('Inventory answered with something that is no product.');
  }
  return { sku, name, unitPrice, available, asOf: now, source: 'inventory' };
}
