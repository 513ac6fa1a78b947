import type { Clock } from '../kernel/index.js';
import type { ConsumerErrorDetails } from '../messaging/index.js';
import type { TransportSource } from './sqs-server.options.js';

/** Options of `SqsClient`. Times are milliseconds. */
export interface SqsClientOptions {
  /** `AwsTransport`, or the embedded broker's `LocalTransport`. */
  readonly transport: TransportSource;
  /** Queue that the other service receives from. */
  readonly queue: string;
  /** Source of what is sent, and the beginning of the reply queue's name. Default `client`. */
  readonly service?: string;
  /** Where `emit` puts events: on the queue, or on the topic of that name, for every service that subscribes. Default `queue`. */
  readonly events?: 'queue' | 'topic';
  /** How long `send` waits for a reply, and after one for the next. Default 30,000. */
  readonly timeout?: number;
  /**
   * Whether what is sent has spans of OpenTelemetry; needs `@opentelemetry/api`. Default: where a tracer provider is registered when it
   * connects.
   */
  readonly openTelemetry?: boolean;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/** What `on()` tells of. */
export type SqsClientEvents = {
  /** A call to the reply queue that failed. */
  error: (error: unknown, details: ConsumerErrorDetails) => void;
};
