export type { MessageEnvelope } from './envelope/message-envelope.js';
export { createEnvelope, type EnvelopeInput } from './envelope/create-envelope.js';
export { decodeMessage, type DecodedMessage, type MessageShape } from './envelope/decode-envelope.js';
export { encodeEnvelope } from './envelope/encode-envelope.js';

export { defineCommand, type CommandOptions } from './contracts/define-command.js';
export { defineEvent, type EventOptions } from './contracts/define-event.js';
export { validateData } from './contracts/validate-data.js';
export type {
  CommandOf,
  EventOf,
  InputOf,
  MessageContract,
  MessageSchema,
  ReplyOf,
  ValidatedClass,
} from './contracts/message-contract.js';
export { eventNameOf, toEventContract, type EventReference } from './contracts/to-event-contract.js';

export { InvalidMessageDataError, type DataIssue } from './errors/invalid-message-data.error.js';
export { UnparsableMessageError } from './errors/unparsable-message.error.js';
export { UnserializableDataError } from './errors/unserializable-data.error.js';

export { compileFilterPolicy, type CompiledFilterPolicy } from './patterns/filter-policy.js';
export type { FilterableMessage, FilterPolicyScope } from './patterns/filterable-message.js';
export { compilePattern } from './patterns/compile-pattern.js';
export type { CompiledPattern, EventPattern, PatternTest } from './patterns/event-pattern.js';
export { InvalidEventPatternError } from './errors/invalid-event-pattern.error.js';

export { QueueConsumer } from './consumer/queue-consumer.js';
export type { QueueConsumerOptions } from './consumer/queue-consumer-options.js';
export type { HandleMessage } from './consumer/message-processor.js';
export { DEFAULT_CONSUMER_SETTINGS, type ConsumerSettings } from './consumer/consumer-settings.js';
export type {
  ConsumerActivity,
  ConsumerCounters,
  ConsumerErrorDetails,
  ConsumerErrorListener,
} from './consumer/consumer-report.js';

export { MessageTooLargeError } from './errors/message-too-large.error.js';
export { QueueTimeoutError } from './errors/queue-timeout.error.js';
export { ReceiptExpiredError } from './errors/receipt-expired.error.js';
