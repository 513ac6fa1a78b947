import type { LoggerService } from '@nestjs/common';
import type { ConsumerSettings } from './consumer/consumer-settings.js';
import type { RetryPolicy } from './dispatch/retry-policy.js';
import type { SqsConsumerOptions } from './sqs-handlers/sqs-consumer-options.js';

/** What messaging needs to know, with every default filled in. Times are milliseconds. */
export interface MessagingOptions {
  /** Logical name: the source of messages, the beginning of queue names and handler ids. */
  readonly service: string;
  readonly consumer: ConsumerSettings;
  /** Whether the application receives by itself. Where it does not, something else hands it messages: AWS Lambda. */
  readonly consumes: boolean;
  readonly retry: RetryPolicy;
  /** Whether handlers recognise duplicates unless their decorator says otherwise. */
  readonly inbox: boolean;
  /** How often a message may be sent back from a dead-letter queue. */
  readonly maxRedrives: number;
  /** Queues of classes that were written for @ssut/nestjs-sqs. */
  readonly sqsConsumers: readonly SqsConsumerOptions[];
  readonly logger: LoggerService;
}

/** Injection token of `MessagingOptions`. */
export const MESSAGING_OPTIONS = Symbol.for('nestjs-loose-coupling:messaging-options');
