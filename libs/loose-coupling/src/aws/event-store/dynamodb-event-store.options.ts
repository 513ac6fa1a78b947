import type { EventProtection, FaultReporter } from '../../event-sourcing/runtime.js';
import type { Clock } from '../../kernel/index.js';
import type { AwsClientOptions } from '../aws-client-options.js';

export interface DynamoDbEventStoreOptions {
  /** Name of the table. */
  readonly table: string;
  /** `create` makes the table when it is missing, `validate` checks it at first use. Default `none`. */
  readonly provision?: 'create' | 'validate' | 'none';
  readonly aws?: AwsClientOptions;
  /** A client of the caller's, such as the SDK's `DynamoDB`, who then destroys it. Default: one made from `aws`. */
  readonly api?: object;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Milliseconds that inbox marks are kept. Default 7 days. */
  readonly inboxRetention?: number;
  readonly report?: FaultReporter;
  /** Encrypts personal data. Default: none, and marked data is refused. */
  readonly protection?: EventProtection;
}
