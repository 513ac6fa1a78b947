export { SqsServer } from './sqs-server.js';
export type {
  SqsEventExtras,
  SqsServerEvents,
  SqsServerOptions,
  SqsStatus,
  TransportSource,
} from './sqs-server.options.js';
export { SqsClient } from './sqs-client.js';
export type { SqsClientEvents, SqsClientOptions } from './sqs-client.options.js';
export { SqsContext } from './sqs-context.js';
export { SqsExceptionFilter } from './sqs-exception.filter.js';
export { SqsRecord, type SqsRecordOptions } from './sqs-record.js';
export { SQS_TRANSPORT } from './sqs-transport.js';
