export type { AwsClientOptions, AwsCredentials } from './aws-client-options.js';
export { DynamoDbCircuitStateStore } from './dynamodb/dynamodb-circuit-state-store.js';
export type { DynamoDbCircuitStateStoreOptions } from './dynamodb/dynamodb-circuit-state-store.options.js';
export type { AwsConnectionOptions, AwsNamedConnectionOptions } from './aws-client-options.js';
export type {
  AwsPublisherOptions,
  AwsTransportOptions,
  ClaimCheckOptions,
  SqsHandlerQueue,
} from './transport/aws-transport.options.js';
