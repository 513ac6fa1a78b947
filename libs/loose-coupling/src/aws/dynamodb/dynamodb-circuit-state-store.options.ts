import type { Clock } from '../../kernel/index.js';
import type { AwsClientOptions } from '../aws-client-options.js';

export interface DynamoDbCircuitStateStoreOptions {
  /** Default `circuit-breaker-state`, as in the source document. */
  readonly table?: string;
  /**
   * `create` makes the table when it is missing, paid per request; `validate` checks its key before the first use;
   * `none` (default) takes it as it is. Nothing waits for it: until the table is there the store cannot be reached.
   */
  readonly provision?: 'create' | 'validate' | 'none';
  readonly aws?: AwsClientOptions;
  /** Longest connecting, and longest wait for an answer, of each of at most two attempts, in milliseconds. Default 500. */
  readonly requestTimeout?: number;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}
