export type { MessageEnvelope } from './envelope/message-envelope.js';
export { createEnvelope, type EnvelopeInput } from './envelope/create-envelope.js';
export { S3_TEST_EVENT } from './envelope/read-s3-notification.js';
export { decodeMessage, type DecodedMessage, type MessageShape } from './envelope/decode-envelope.js';
export { encodeEnvelope } from './envelope/encode-envelope.js';
export { correlationOfHandling, traceHeaderOf } from './envelope/trace-of.js';

export { defineCommand, type CommandOptions } from './contracts/define-command.js';
export { defineEvent, type EventOptions } from './contracts/define-event.js';
export { checkPersonalDataRule, type PersonalDataRule } from './contracts/personal-data-rule.js';
export { isMessageSchema } from './contracts/is-message-schema.js';
export { validateData } from './contracts/validate-data.js';
export type {
  CommandOf,
  EventOf,
  InputOf,
  MessageContract,
  MessageSchema,
  ReplyOf,
  SchemaInput,
  SchemaOutput,
  ValidatedClass,
} from './contracts/message-contract.js';
export { eventNameOf, toEventContract, type EventReference } from './contracts/to-event-contract.js';

export { InvalidMessageDataError, type DataIssue } from './errors/invalid-message-data.error.js';
export { UnparsableMessageError } from './errors/unparsable-message.error.js';
export { UnprotectedPersonalDataError } from './errors/unprotected-personal-data.error.js';
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

export { OnCommand } from './decorators/on-command.decorator.js';
export { OnDeadLetter } from './decorators/on-dead-letter.decorator.js';
export { OnEvent, OnIntegrationEvent } from './decorators/on-event.decorator.js';
export { OnRequest } from './decorators/on-request.decorator.js';
export { SqsConsumerEventHandler, SqsMessageHandler } from './sqs-handlers/sqs-handler.decorators.js';
export type { SqsConsumerOptions } from './sqs-handlers/sqs-consumer-options.js';
export type { SqsMessage } from './sqs-handlers/sqs-message.js';
export { MessageCtx, MessagePayload } from './decorators/message-parameters.js';
export type {
  HandlerRetryOptions,
  MessageHandlerOptions,
  OnRequestOptions,
  OnDeadLetterOptions,
  OnEventOptions,
} from './decorators/handler-options.js';

export {
  MessageBus,
  type EventToPublish,
  type PublishOptions,
  type RequestOptions,
  type ScheduleOptions,
  type SentMessage,
  type SubscribeOptions,
  type Subscription,
} from './bus/message-bus.js';
export { PublishFailedError, type PublishFailure } from './errors/publish-failed.error.js';
export { ReplyLostError } from './errors/reply-lost.error.js';
export { ReplyNotSentError } from './errors/reply-not-sent.error.js';
export { RemoteError, type RemoteFailure } from './errors/remote.error.js';
export { RequestTimeoutError } from './errors/request-timeout.error.js';

export type { MessageContext } from './dispatch/message-context.js';
export { isMessageContext } from './dispatch/handler-context.js';
export type { MessageMiddleware, PublishObserver } from './dispatch/middleware.js';
export type { KeptAnswers } from './dispatch/kept-answers.js';
export { sealMessage, type MessageProtection } from './dispatch/message-protection.js';
export { MessageMiddlewareRegistry } from './dispatch/message-middleware.registry.js';
export type { HandlerKind, MessageHandler } from './dispatch/message-handler.js';
export { DEFAULT_RETRY_POLICY, type RetryPolicy } from './dispatch/retry-policy.js';
export { DeadLetter } from './errors/dead-letter.error.js';
export { Discard } from './errors/discard.error.js';
export { NoHandlerError } from './errors/no-handler.error.js';
export { RetryLater } from './errors/retry-later.error.js';

export { DeadLetterQueues } from './redrive/dead-letter-queues.js';
export type { DeadLetterMessage, DeadLetterQueueState, RedriveOptions, RedriveResult } from './redrive/dead-letter.js';
export { DEAD_LETTER_ATTRIBUTE, deadLetterQueueName, type DeadLetterDetails } from './core/dead-letter.js';

export { MessageDispatchers } from './message-dispatchers.js';
export { MessageHandlerRegistry } from './message-handler.registry.js';
export { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
export type { DeadLetterBinding, QueueBinding } from './topology/queue-binding.js';
export { commandQueueTopology } from './topology/derive-topology.js';
export { MessageTransport } from './core/message-transport.js';
export type {
  OutgoingEvent,
  QueueSpecification,
  SubscriptionSpecification,
  Topology,
} from './core/message-transport.js';
export type {
  EntryResult,
  MessageQueue,
  QueueDepth,
  QueueEntry,
  ReceivedMessage,
  ReceiveOptions,
  VisibilityChange,
} from './core/message-queue.js';
export { LocalTransport } from './broker/local-transport.js';
export { openLocalBroker, type OpenLocalBrokerOptions } from './broker/open-local-broker.js';
export {
  LocalBroker,
  type LocalBusEntry,
  type LocalQueueSpecification,
  type LocalRule,
  type LocalSubscription,
  type Publication,
  type TopicEntry,
} from './broker/local-broker.js';
export { InvalidMessageError } from './errors/invalid-message.error.js';
export { QueueMismatchError } from './errors/queue-mismatch.error.js';
export { UnknownEventBusError } from './errors/unknown-event-bus.error.js';
export { UnknownQueueError } from './errors/unknown-queue.error.js';
export { UnknownTopicError } from './errors/unknown-topic.error.js';

export {
  EventBridgeAdapter,
  type EventBridgeBus,
  type EventBridgeEntry,
  type EventBridgePut,
} from './adapters/event-bridge.adapter.js';
export {
  getEventBusToken,
  getSnsTopicToken,
  getSqsQueueToken,
  InjectEventBus,
  InjectSnsTopic,
  InjectSqsQueue,
  type InjectAdapterOptions,
} from './adapters/inject-adapter.decorators.js';
export {
  SnsAdapter,
  type SnsEntry,
  type SnsPublished,
  type SnsPublishOptions,
  type SnsTopic,
} from './adapters/sns.adapter.js';
export { SqsAdapter, type SqsEntry, type SqsQueue, type SqsSendOptions, type SqsSent } from './adapters/sqs.adapter.js';
export type { TransportAdapters } from './adapters/transport-adapters.js';
export { adapterQueue } from './adapters/adapter-resources.js';
export { encodeBody } from './adapters/encode-body.js';
export { onlyValue, settleEntries } from './adapters/settle-entries.js';

// What the other entry points of this package are made of.
export { ACKNOWLEDGE, type Outcome as MessageOutcome } from './core/outcome.js';
export { isReplyQueueName, replyQueueName } from './core/reply-queue.js';
export { outcomeOfFailure } from './dispatch/outcome-of-failure.js';
export { OnBatch, type BatchDecorator } from './batch/on-batch.decorator.js';
export type { BatchContext, BatchFailure, OnBatchOptions } from './batch/batch-options.js';
export { BatchFailedError } from './errors/batch-failed.error.js';
export { HeldBackError } from './errors/held-back.error.js';
export type { ConsumerRateLimit } from './consumer/receive-throttle.js';
export { readReply, type ReplyData } from './dispatch/reply-data.js';
export { describeFailure, FAILED_SUBJECT } from './dispatch/reply-sender.js';
export { checkRetryOptions } from './topology/check-handler-options.js';
export { isFifoQueueName, queueNameFault } from './topology/queue-names.js';
export { ReceivingStatus, type QueueReceiving } from './receiving-status.js';
export { fairGroupOf } from './envelope/fair-group.js';
export { fifoId, fifoOrderOf } from './envelope/fifo-order.js';
export {
  NO_TRACER,
  type HasTracer,
  type MessageTracer,
  type SendingSpan,
  type SendingSpanOptions,
  type SentEnvelope,
  type TracedHandling,
} from './core/message-tracer.js';
export type { MessagingSystems } from './core/messaging-systems.js';
export { tracedAdapters } from './adapters/traced-adapters.js';
