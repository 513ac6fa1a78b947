/** What AWS Lambda gives a function beside its event; the part that is used. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** Event of an SQS event source. */
export interface SqsLambdaEvent {
  readonly Records: readonly SqsLambdaRecord[];
}

export interface SqsLambdaRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: SqsLambdaSystemAttributes;
  readonly messageAttributes: Readonly<Record<string, SqsLambdaAttribute>>;
  readonly eventSourceARN: string;
}

/** What SQS adds; numbers come as text. */
export interface SqsLambdaSystemAttributes {
  readonly ApproximateReceiveCount: string;
  /** Epoch milliseconds. */
  readonly SentTimestamp: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
  readonly AWSTraceHeader?: string;
}

export interface SqsLambdaAttribute {
  readonly stringValue?: string | undefined;
  /** Base64. */
  readonly binaryValue?: string | undefined;
  readonly dataType: string;
}

/** Records to hand out again. Lambda deletes all others, and reads it only with `ReportBatchItemFailures`. */
export interface SqsLambdaResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** Event of a rule of EventBridge. */
export interface EventBridgeLambdaEvent {
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  /** RFC 3339. */
  readonly time: string;
  readonly detail: unknown;
}
