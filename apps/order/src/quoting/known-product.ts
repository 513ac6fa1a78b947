/** What inventory said of a product, and when (milliseconds since the epoch). */
export interface KnownProduct {
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: number;
  readonly available: number;
  readonly asOf: number;
  /** Whether inventory has just said so, or before it stopped answering. */
  readonly source: 'inventory' | 'last-known';
}
