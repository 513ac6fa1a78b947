/** How AWS is reached. What is left out the AWS SDK finds itself: environment, shared configuration, role of the machine. */
export interface AwsClientOptions {
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
