import { NotFoundException } from '@nestjs/common';
import type { NamedPolicyOptions } from 'nestjs-loose-coupling/resilience';
import { ServiceResponseError } from 'nestjs-loose-coupling/services';

/** That inventory does not know a product is an answer: no failure, nothing to try again, nothing to fall back from. */
export const isInventoryFailure = (error: unknown): boolean =>
  !(error instanceof NotFoundException || (error instanceof ServiceResponseError && error.status === 404));

/** How order asks inventory. Quotes are cheap to ask for again, and better late by a second than wrong. */
export const inventoryPolicy: NamedPolicyOptions = {
  retry: { maxAttempts: 3, initialDelay: 50, maxDelay: 250, retryIf: isInventoryFailure },
  circuitBreaker: {
    consecutiveFailures: 5,
    openDuration: 1_000,
    halfOpenCalls: 2,
    halfOpenMaxWait: 2_000,
    recordIf: isInventoryFailure,
  },
  timeout: { attempt: 800, total: 2_000 },
  bulkhead: { maxConcurrent: 20, maxQueue: 100, queueTimeout: 500 },
};
