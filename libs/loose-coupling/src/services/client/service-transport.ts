import type { ServiceOperation } from '../contracts/service-contract.js';
import type { CallResult } from './service-client.js';

/** One attempt of a call. */
export interface ServiceAttempt {
  readonly operation: ServiceOperation;
  /** Checked before. */
  readonly input: unknown;
  readonly correlationId: string;
  readonly idempotencyKey: string | undefined;
  /** Aborted when the attempt is given up. */
  readonly signal: AbortSignal;
  /** Milliseconds it has. */
  readonly timeout: number;
}

/** One way to reach a service. */
export interface ServiceTransport {
  call(attempt: ServiceAttempt): Promise<CallResult<unknown>>;
  request(attempt: ServiceAttempt): Promise<unknown>;
  /** Rejects, or answers false, when the service cannot be reached. */
  isHealthy(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}
