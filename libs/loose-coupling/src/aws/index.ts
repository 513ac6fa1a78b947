export type { AwsClientOptions, AwsCredentials } from './aws-client-options.js';
export { DynamoDbCircuitStateStore } from './dynamodb/dynamodb-circuit-state-store.js';
export type { DynamoDbCircuitStateStoreOptions } from './dynamodb/dynamodb-circuit-state-store.options.js';
export type { AwsConnectionOptions, AwsNamedConnectionOptions } from './aws-client-options.js';
export type { AwsPublisherOptions, AwsTransportOptions, ClaimCheckOptions } from './transport/aws-transport.options.js';
export { AwsTransport, type AwsTransportSettings } from './transport/aws-transport.js';
export { AwsCallError } from './errors/aws-call.error.js';
export { NotAcceptedError } from './errors/not-accepted.error.js';
export { TopologyMismatchError } from './errors/topology-mismatch.error.js';
export {
  createEventBridgeLambdaHandler,
  type EventBridgeLambdaHandler,
  type EventBridgeLambdaOptions,
} from './lambda/eventbridge-lambda-handler.js';
export type { LambdaApplicationSource } from './lambda/lambda-application.js';
export type {
  EventBridgeLambdaEvent,
  LambdaContext,
  SqsLambdaAttribute,
  SqsLambdaEvent,
  SqsLambdaRecord,
  SqsLambdaResponse,
  SqsLambdaSystemAttributes,
} from './lambda/lambda-events.js';
export { createSqsLambdaHandler, type SqsLambdaHandler, type SqsLambdaOptions } from './lambda/sqs-lambda-handler.js';
export { DynamoDbEventStore } from './event-store/dynamodb-event-store.js';
export { DynamoDbDataKeyStore, type DynamoDbDataKeyStoreOptions } from './event-store/dynamodb-data-key-store.js';
export type { DynamoDbEventStoreOptions } from './event-store/dynamodb-event-store.options.js';
export { CommitTooLargeError } from './errors/commit-too-large.error.js';
export { EventTableError } from './errors/event-table.error.js';
export { UnknownCommitOutcomeError } from './errors/unknown-commit-outcome.error.js';
export { openAwsProvisioning, type AwsProvisioning } from './provisioning/index.js';
export {
  createCircuitBreakerLambdaHandler,
  type CircuitBreakerLambdaHandler,
  type CircuitBreakerLambdaOptions,
} from './lambda/circuit-breaker-lambda-handler.js';
export { CloudMapServiceDiscovery, type CloudMapDiscoveryOptions } from './discovery/cloud-map-discovery.js';
export { SsmServiceDiscovery, type SsmDiscoveryOptions } from './discovery/ssm-discovery.js';
export { secretsManagerSecret, type SecretsManagerSecretOptions } from './secrets/secrets-manager-secret.js';
