/** Queues on SQS, events over SNS or EventBridge. Times are milliseconds. */
export interface AwsTransportOptions {
  readonly type: 'aws';
  /**
   * Events go over this bus of EventBridge; `default` is the account's own. Without it, each event has an SNS topic. Events of
   * contracts with `ordered: true` take SNS FIFO topics in any case: EventBridge keeps no order.
   */
  readonly eventBus?: string;
  /** First part of the name of everything that is made: a stage, a team. Default: none. */
  readonly prefix?: string;
  /**
   * `create`: makes what is missing and widens what is there. `validate`: start-up fails, listing all that is missing or
   * different. `none`: takes it as it is. Default `none`.
   */
  readonly provision?: 'create' | 'validate' | 'none';
  /** Of everything that is made. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Encrypts queues and topics that are made; its policy must let `sns.amazonaws.com` and `events.amazonaws.com` use it. Default: SQS's own keys. */
  readonly kmsKeyId?: string;
  /**
   * What long-polls the queues: `ssut` is @ssut/nestjs-sqs, `sdk` the AWS SDK alone, and `auto` the first where it is installed and
   * loads, else the second. The engine behind them is the same. Default `auto`.
   */
  readonly receiver?: 'auto' | 'ssut' | 'sdk';
  readonly publisher?: AwsPublisherOptions;
  /** Where messages go that are too large to be sent; needs `@aws-sdk/client-s3`. Default: they are refused. */
  readonly claimCheck?: ClaimCheckOptions;
}

export interface AwsPublisherOptions {
  /** How long a message waits for others to share its call. Default 1. */
  readonly linger?: number;
  /** Calls under way to one destination. FIFO: one for each message group. Default 10. */
  readonly maxInFlight?: number;
  /** Messages accepted from callers and not sent yet; above, callers wait. Default 1,000. */
  readonly maxPending?: number;
}

export interface ClaimCheckOptions {
  readonly bucket: string;
  /** Of keys. Default `loose-coupling/`. Objects are not deleted: give the bucket a lifecycle rule of more than 14 days. */
  readonly keyPrefix?: string;
  /** Bytes from which a message goes to the bucket. Default: what the destination takes. */
  readonly threshold?: number;
}
