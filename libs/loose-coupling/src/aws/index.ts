export type { AwsClientOptions, AwsCredentials } from './aws-client-options.js';
export { DynamoDbCircuitStateStore } from './dynamodb/dynamodb-circuit-state-store.js';
export type { DynamoDbCircuitStateStoreOptions } from './dynamodb/dynamodb-circuit-state-store.options.js';
