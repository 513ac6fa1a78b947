import { ServiceUnavailableException } from '@nestjs/common';

const TRY_AGAIN_AFTER_MS = 1_000;

/** Answered when inventory is away and nothing is known of the product. */
export class InventoryUnavailableException extends ServiceUnavailableException {
  readonly retryAfterMs: number;

  constructor(cause: unknown) {
    super('Inventory does not answer, and nothing is known of this product.', { cause });
    const { retryAfterMs } = cause as { retryAfterMs?: number };
    this.retryAfterMs = retryAfterMs ?? TRY_AGAIN_AFTER_MS;
  }
}
