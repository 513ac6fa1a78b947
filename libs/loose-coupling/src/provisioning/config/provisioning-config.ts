/** What `loose-coupling-config.json` says. Keys are as in the document that the command follows; those it does not have are marked. */
export interface ProvisioningConfig {
  /** Default "loose-coupling-demo". */
  readonly project_name: string;
  /** Default "us-east-1". */
  readonly aws_region: string;
  /** Default "dev". */
  readonly deployment_stage: string;
  /** Ours. What names on AWS are made of. Default "{project}-{name}-{stage}". */
  readonly name_pattern: string;
  readonly message_queues: readonly QueueConfig[];
  readonly pub_sub_topics: readonly TopicConfig[];
  readonly event_rules: readonly RuleConfig[];
  /** Ours. Name of the event bus. Default "events". */
  readonly event_bus: string;
  /** Ours. What circuit breakers share. `true`, the default, in the file is all of it; `false` is nothing. */
  readonly circuit_breaker?: CircuitBreakerConfig;
  /** Ours. Default: none. */
  readonly alarms?: AlarmsConfig;
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
  /** What the filter looks at. Default "MessageAttributes". */
  readonly filter_policy_scope: 'MessageAttributes' | 'MessageBody';
}

export interface RuleConfig {
  readonly name: string;
  /** An object, or its JSON in a text. */
  readonly event_pattern: object;
  /** Ours. Names of `message_queues`. */
  readonly targets: readonly string[];
}

export interface CircuitBreakerConfig {
  /** Whether the Lambda function is there beside the table. Default true. */
  readonly function: boolean;
  /** Failures in a row that open a circuit that is not stored yet. Default 5. */
  readonly failure_threshold?: number;
  /** How long it stays open. Default 60. */
  readonly timeout_seconds?: number;
  /** Test calls while it is half-open. Default 3. */
  readonly half_open_max_calls?: number;
}

export interface AlarmsConfig {
  /** Names of `pub_sub_topics` that are told. */
  readonly notify: readonly string[];
  /** Whether there is an alarm for each dead-letter queue with messages in it. Default true. */
  readonly dead_letters: boolean;
  /** Whether there is one for open circuits, which the function counts. Default: whether there is a function. */
  readonly open_circuits: boolean;
}
