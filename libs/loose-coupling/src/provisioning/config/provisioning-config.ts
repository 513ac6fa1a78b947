/** What `loose-coupling-config.json` says. Keys are as in the document that the command follows; those it does not have are marked. */
export interface ProvisioningConfig {
  /** Default "loose-coupling-demo". */
  readonly project_name: string;
  /** Default "us-east-1". */
  readonly aws_region: string;
  /** Default "dev". Physical names are `<project>-<name>-<stage>`. */
  readonly deployment_stage: string;
  readonly message_queues: readonly QueueConfig[];
  readonly pub_sub_topics: readonly TopicConfig[];
  readonly event_rules: readonly RuleConfig[];
  /** Ours. Whether there is a table for the state of circuit breakers. Default true. */
  readonly circuit_breaker: boolean;
  /** Ours. Put on everything, beside Project and Stage. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface QueueConfig {
  readonly name: string;
  /** Default 30. */
  readonly visibility_timeout_seconds: number;
  /** Default 1,209,600: 14 days. */
  readonly message_retention_seconds: number;
  /** Ours. Deliveries before a message goes to the dead-letter queue. Default 3. */
  readonly max_receive_count: number;
  /** Ours. Default false. */
  readonly fifo: boolean;
  /** Ours. A key of your own; default: SQS's. */
  readonly kms_key_id?: string;
  /** Ours. How long handlers may take; `doctor` compares the visibility timeout with it. */
  readonly handler_timeout_seconds?: number;
}

export interface TopicConfig {
  readonly name: string;
  /** Ours. Default false. */
  readonly fifo: boolean;
  /** Ours. */
  readonly kms_key_id?: string;
  /** Ours. */
  readonly subscriptions: readonly SubscriptionConfig[];
}

export interface SubscriptionConfig {
  /** Name of one of `message_queues`. */
  readonly queue: string;
  /** Of attributes of the message. */
  readonly filter_policy?: object;
}

export interface RuleConfig {
  readonly name: string;
  /** An object, or its JSON in a text. */
  readonly event_pattern: object;
  /** Ours. Names of `message_queues`. */
  readonly targets: readonly string[];
}
