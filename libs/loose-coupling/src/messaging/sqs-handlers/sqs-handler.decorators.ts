import { SetMetadata } from '@nestjs/common';

/** The keys of @ssut/nestjs-sqs, whose decorators mean the same here. */
export const MESSAGE_HANDLER = Symbol.for('SQS_CONSUMER_METHOD');
export const EVENT_HANDLER = Symbol.for('SQS_CONSUMER_EVENT_HANDLER');

export interface SqsMessageHandlerMetadata {
  readonly name: string;
  readonly batch?: boolean;
}

export interface SqsEventHandlerMetadata {
  readonly name: string;
  readonly eventName: string;
}

/**
 * The method handles the messages of the consumer `name` of the option `sqsConsumers`, as it did with @ssut/nestjs-sqs: it gets
 * a message as SQS has it, or with `batch` a list of them. For classes that were written for that package; new ones are better
 * off with `@OnEvent` and `@OnCommand`.
 */
export const SqsMessageHandler = (name: string, batch?: boolean): MethodDecorator =>
  SetMetadata(MESSAGE_HANDLER, { name, ...(batch !== undefined && { batch }) } satisfies SqsMessageHandlerMetadata);

/**
 * The method is told what happens to the messages of the consumer `name`: `message_received`, `message_processed`,
 * `processing_error` and `error`.
 */
export const SqsConsumerEventHandler = (name: string, eventName: string): MethodDecorator =>
  SetMetadata(EVENT_HANDLER, { name, eventName } satisfies SqsEventHandlerMetadata);
