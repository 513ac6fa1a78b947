import type { FaultReporter } from '../../event-sourcing/runtime.js';
import type { Clock } from '../../kernel/index.js';
import type { AwsClientOptions } from '../aws-client-options.js';
import type { DynamoDbApi } from './dynamodb-api.js';

export interface DynamoDbEventStoreOptions {
  /** Name of the table. */
  readonly table: string;
  /** `create` makes the table when it is missing, `validate` checks it at first use. Default `none`. */
  readonly provision?: 'create' | 'validate' | 'none';
  readonly aws?: AwsClientOptions;
  /** Instead of a client of its own; the caller then destroys it. */
  readonly api?: DynamoDbApi;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Milliseconds that inbox marks are kept. Default 7 days. */
  readonly inboxRetention?: number;
  readonly report?: FaultReporter;
}
