import type { Product } from './product.js';
import type { ReservedLine } from './stock.events.js';

/** Lines of one product become one line: what matters is the total. */
export function totalByProduct(lines: readonly ReservedLine[]): ReservedLine[] {
  const totals = new Map<string, number>();
  for (const { sku, quantity } of lines) totals.set(sku, (totals.get(sku) ?? 0) + quantity);
  return [...totals].map(([sku, quantity]) => ({ sku, quantity }));
}

/** A reason is read by people and travels in a message; it need not name everything. */
const MOST_SHORTAGES = 5;

/** Why the lines cannot all be reserved; undefined when they can. */
export function shortageOf(lines: readonly ReservedLine[], products: ReadonlyMap<string, Product>): string | undefined {
  const shortages = lines.flatMap(({ sku, quantity }) => {
    const product = products.get(sku);
    if (!product?.listed) return [`${sku} is not a known product`];
    return product.canReserve(quantity) ? [] : [`${sku}: ${quantity} ordered, ${product.available} available`];
  });
  if (shortages.length === 0) return undefined;
  const more = shortages.length - MOST_SHORTAGES;
  return `Not enough stock. ${shortages.slice(0, MOST_SHORTAGES).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
