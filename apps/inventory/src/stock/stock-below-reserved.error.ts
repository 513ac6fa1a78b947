/** Thrown when a product's stock would fall below what is promised to orders. */
export class StockBelowReservedError extends Error {
  constructor(sku: string, stock: number, reserved: number) {
    super(`${sku} cannot have ${stock} pieces on hand: ${reserved} are reserved. Cancel orders first.`);
    this.name = 'StockBelowReservedError';
  }
}
