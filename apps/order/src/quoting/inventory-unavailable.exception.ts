import { ServiceUnavailableException } from '@nestjs/common';
import { isAnswerable } from 'nestjs-loose-coupling/resilience';

const TRY_AGAIN_AFTER_MS = 1_000;

/** Answered when inventory is away and nothing is known of the product. */
export class InventoryUnavailableException extends ServiceUnavailableException {
  readonly retryAfterMs: number;

  constructor(cause: unknown) {
    super('Inventory does not answer, and nothing is known of this product.', { cause });
    this.retryAfterMs = (isAnswerable(cause) ? cause.retryAfterMs : undefined) ?? TRY_AGAIN_AFTER_MS;
  }
}
