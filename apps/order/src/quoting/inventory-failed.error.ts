/** Thrown when inventory answered, but not with a product and not that there is none. */
export class InventoryFailedError extends Error {
  override readonly name = 'InventoryFailedError';

  constructor(
    message: string,
    /** Of its answer: a Retry-After among them is what the next attempt waits. */
    readonly headers?: Headers,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
