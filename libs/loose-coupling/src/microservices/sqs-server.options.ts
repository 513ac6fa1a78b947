import type { Clock } from '../kernel/index.js';
import type { ConsumerErrorDetails, EventPattern, HandlerRetryOptions, MessageTransport } from '../messaging/index.js';

/** One that is given stays the giver's to close; one that a function makes is closed with the server or client. */
export type TransportSource = MessageTransport | (() => MessageTransport | Promise<MessageTransport>);

/** Options of `SqsServer`. Times are milliseconds. */
export interface SqsServerOptions {
  /** `AwsTransport`, or the embedded broker's `LocalTransport`. */
  readonly transport: TransportSource;
  /** Queue to receive from. Made on `listen` with its dead-letter queue; a name that ends in `.fifo` keeps groups in order. */
  readonly queue: string;
  /** Source of replies. Default: the queue's name. */
  readonly service?: string;
  /** Messages handled at once. Default 10. */
  readonly concurrency?: number;
  /** How long others do not see a message; renewed while a handler runs. Default 30,000. */
  readonly visibilityTimeout?: number;
  /** How long `close()` waits for running handlers before it aborts their signals. Default 25,000. */
  readonly drainTimeout?: number;
  /** When a failed event is handed out again, and when it is given up. */
  readonly retry?: HandlerRetryOptions;
  /** Whether what is published on the topics that `@EventPattern` handlers name is copied to the queue. Default true. */
  readonly subscribe?: boolean;
  /**
   * Whether runs of handlers have spans of OpenTelemetry; needs `@opentelemetry/api`. Default: where a tracer provider is registered when it
   * listens.
   */
  readonly openTelemetry?: boolean;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/** Third argument of `@EventPattern(pattern, transport, extras)`. */
export interface SqsEventExtras {
  /** The handler gets only events whose data matches. */
  readonly filter?: EventPattern;
}

/** What `on()` tells of. */
export type SqsServerEvents = {
  /** A message that failed outside of a handler, or a call to the queue that failed. */
  error: (error: unknown, details: ConsumerErrorDetails) => void;
};

export type SqsStatus = 'connected' | 'disconnected';
