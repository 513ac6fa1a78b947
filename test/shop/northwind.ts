import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const data = (name: string): string => readFileSync(join(__dirname, '../../data', name), 'utf8');

export interface NorthwindProduct {
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: number;
  readonly unitsInStock: number;
}

export interface NorthwindOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly lines: readonly { sku: string; quantity: number; unitPrice: number }[];
}

export const products = (): NorthwindProduct[] => JSON.parse(data('northwind-products.json')) as NorthwindProduct[];

export const orders = (): NorthwindOrder[] =>
  data('northwind-orders.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as NorthwindOrder);

/** What all-or-nothing reservation, order after order, comes to: worked out from the data alone. */
export function expectedOutcome(): { confirmed: Set<string>; reserved: Map<string, number> } {
  const free = new Map(products().map(({ sku, unitsInStock }) => [sku, unitsInStock]));
  const reserved = new Map([...free.keys()].map((sku) => [sku, 0]));
  const confirmed = new Set<string>();
  for (const { orderId, lines } of orders()) {
    const wanted = new Map<string, number>();
    for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
    if ([...wanted].some(([sku, quantity]) => quantity > (free.get(sku) ?? 0))) continue;
    confirmed.add(orderId);
    for (const [sku, quantity] of wanted) {
      free.set(sku, (free.get(sku) ?? 0) - quantity);
      reserved.set(sku, (reserved.get(sku) ?? 0) + quantity);
    }
  }
  return { confirmed, reserved };
}
