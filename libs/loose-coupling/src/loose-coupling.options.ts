import type { LoggerService } from '@nestjs/common';
import type { AwsClientOptions, AwsTransportOptions } from './aws/index.js';
import type {
  InboxOptions,
  OutboxRelayOptions,
  PersonalDataOptions,
  StoreOptions,
  TenancyOptions,
} from './event-sourcing/runtime.js';
import type { Clock } from './kernel/index.js';
import type { ConsumerSettings, HandlerRetryOptions, SqsConsumerOptions } from './messaging/index.js';
import type { ServiceOptions } from './services/index.js';
import type { ResilienceModuleOptions } from './resilience/nest/resilience-module.options.js';

/** The embedded broker: in memory, or on a file that all services of one machine share. */
export interface LocalTransportOptions {
  readonly type: 'local';
  /** Relative to `LOOSE_COUPLING_DATA_DIR`, by default `.loose-coupling/`. Default: in memory. Set `service` too. */
  readonly file?: string;
  /**
   * `normal` (default): a message survives the death of the process; the last ones may be lost when the machine loses
   * power. `full`: they survive that too, at the price of a disk flush per commit. For a file only.
   */
  readonly synchronous?: 'normal' | 'full';
}

export type TransportOptions = LocalTransportOptions | AwsTransportOptions;

/** How messages are received. Times are milliseconds. */
export interface ConsumerOptions extends Partial<
  Pick<ConsumerSettings, 'concurrency' | 'visibilityTimeout' | 'drainTimeout' | 'maxMessageBytes'>
> {
  /**
   * Whether the application receives by itself. `false` where messages are handed to it, as on AWS Lambda; handlers are
   * found and queues made all the same. Default true.
   */
  readonly enabled?: boolean;
  /** What handlers do about failures unless their decorator says otherwise. */
  readonly retry?: HandlerRetryOptions;
}

export interface LooseCouplingOptions {
  /**
   * Logical name of the service: the source of its messages and the beginning of its queues' names. Instances of one
   * service share its queues, services with different names each get a copy of an event. Default `app`.
   */
  readonly service?: string;
  /** Default: the embedded broker in memory. */
  readonly transport?: TransportOptions;
  /** Where events are kept, with the outbox and the inbox. Default: in memory. */
  readonly store?: StoreOptions;
  readonly consumer?: ConsumerOptions;
  /** Queues that `@SqsMessageHandler` classes, written for @ssut/nestjs-sqs, receive from. Default: none. */
  readonly sqsConsumers?: readonly SqsConsumerOptions[];
  /** How long handled messages are remembered; `false` for handlers that do not recognise duplicates. */
  readonly inbox?: InboxOptions | false;
  readonly outbox?: OutboxRelayOptions;
  /** How fields marked as personal data are encrypted. Default: not at all, and they are refused. */
  readonly personalData?: PersonalDataOptions;
  /** How the events of tenants are kept apart. Default: there are none. */
  readonly tenancy?: TenancyOptions;
  /** How often a message may be sent back from a dead-letter queue. Default 3. */
  readonly maxRedrives?: number;
  /** Shared policies, and what becomes of what they reject. Default: no policy but what decorators say. */
  readonly resilience?: ResilienceModuleOptions;
  /** The services that this one calls, and how. */
  readonly services?: readonly ServiceOptions[];
  /** How AWS is reached by what runs there. What is left out the AWS SDK finds by itself. */
  readonly aws?: AwsClientOptions;
  /**
   * Whether messages have spans of OpenTelemetry; needs `@opentelemetry/api`. Default: where a tracer provider is registered when the
   * application starts.
   */
  readonly openTelemetry?: boolean;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Where failures of handlers are logged; `false` for nowhere. Default: Nest's logger. */
  readonly logger?: LoggerService | false;
}
