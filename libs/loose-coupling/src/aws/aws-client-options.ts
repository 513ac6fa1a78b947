/** How AWS is reached. What is left out the AWS SDK finds itself: environment, shared configuration, role of the machine. */
export interface AwsConnectionOptions {
  readonly region?: string;
  /** Of an emulator, or a VPC endpoint. Default: `AWS_ENDPOINT_URL`, else the service's own. */
  readonly endpoint?: string;
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>);
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A connection to another account or region; what it leaves out is as in the options around it. */
export interface AwsNamedConnectionOptions extends AwsConnectionOptions {
  /** Assumed for every call. Needs `@aws-sdk/credential-providers`. */
  readonly roleArn?: string;
  readonly externalId?: string;
}

export interface AwsClientOptions extends AwsConnectionOptions {
  /** By name, for adapters: `sqs.on('billing')`, `@InjectSqsQueue('invoices', { connection: 'billing' })`. */
  readonly connections?: Readonly<Record<string, AwsNamedConnectionOptions>>;
}
