import { Logger } from '@nestjs/common';
import {
  Server,
  type BaseRpcContext,
  type CustomTransportStrategy,
  type MessageHandler,
  type ReadPacket,
  type Transport,
} from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { InvalidOptionsError, SystemClock } from '../kernel/index.js';
import {
  deadLetterQueueName,
  DEFAULT_CONSUMER_SETTINGS,
  DEFAULT_RETRY_POLICY,
  NoHandlerError,
  QueueConsumer,
  type ConsumerErrorListener,
  type MessageTransport,
} from '../messaging/index.js';
import { checkServerOptions } from './check-sqs-options.js';
import { EventHandlers } from './event-handlers.js';
import { firstFailure } from './first-failure.js';
import { OpenTelemetrySpans } from './open-telemetry-spans.js';
import { PatternDispatcher, type PatternHandlers } from './pattern-dispatcher.js';
import { withProcessingHooks } from './processing-hooks.js';
import { serverTopology } from './server-topology.js';
import type { SqsContext } from './sqs-context.js';
import type { SqsServerEvents, SqsServerOptions, SqsStatus } from './sqs-server.options.js';
import { SQS_TRANSPORT } from './sqs-transport.js';
import { TransportHolder } from './transport-holder.js';
import { valuesOf } from './values-of.js';
import { watchReceives } from './watch-receives.js';

/**
 * Runs `@MessagePattern` and `@EventPattern` handlers for the messages of one queue. A message is acknowledged when
 * its handlers have succeeded; an event that fails is handed out again, and goes to the dead-letter queue with the
 * reason when it is given up.
 * @example
 * ```ts
 * NestFactory.createMicroservice(AppModule, {
 *   strategy: new SqsServer({ transport: () => new AwsTransport({ … }), queue: 'inventory' }),
 * });
 * ```
 */
export class SqsServer extends Server<SqsServerEvents, SqsStatus> implements CustomTransportStrategy {
  override transportId: Transport | symbol = SQS_TRANSPORT;
  /** For Nest 12: failures of event handlers come back to us, and are not Nest's to log. */
  readonly propagatesEventHandlerErrors = true;
  protected override readonly logger = new Logger(SqsServer.name);
  private readonly transport: TransportHolder;
  private readonly spans = new OpenTelemetrySpans();
  private readonly events = new EventHandlers();
  private readonly errorListeners = new Set<SqsServerEvents['error']>();
  private consumer: Promise<QueueConsumer> | undefined;
  private closing: Promise<void> | undefined;

  /** @throws {InvalidOptionsError} listing everything that is wrong */
  constructor(private readonly options: SqsServerOptions) {
    super();
    checkServerOptions(options);
    this.transport = new TransportHolder(options.transport);
  }

  /** Several event handlers of one pattern each get the event; a second request handler is refused. */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const route = this.normalizePattern(pattern as never);
    const known = this.messageHandlers.get(route);
    if (isEventHandler) this.events.add(route, callback, extras);
    else if (known && !known.isEventHandler) {
      throw new InvalidOptionsError('SqsServer', [`@MessagePattern('${route}'): two handlers would answer; keep one`]);
    }
    callback.isEventHandler = isEventHandler;
    callback.extras = extras;
    if (!known || !isEventHandler) this.messageHandlers.set(route, callback);
  }

  override listen(callback: (error?: unknown) => unknown): void {
    this.closing = undefined;
    this.consumer ??= this.start();
    this.consumer.then(
      () => callback(),
      async (error: unknown) => {
        this.consumer = undefined;
        this.spans.close();
        // What kept it from starting says more than what it could not close then.
        await this.transport.close().catch(() => undefined);
        callback(error);
      },
    );
  }

  /**
   * Receives nothing more, hands back what has not started, and waits for running handlers until `drainTimeout`.
   * A later call joins the first.
   */
  override close(): Promise<void> {
    return (this.closing ??= this.stop());
  }

  override on(event: keyof SqsServerEvents, callback: SqsServerEvents['error']): void {
    if (event !== 'error') throw new InvalidOptionsError('SqsServer.on', [`event: expected "error", got "${event}"`]);
    this.errorListeners.add(callback);
  }

  /** The `MessageTransport`, once it is there. */
  override unwrap<T = MessageTransport>(): T {
    return this.transport.current() as T;
  }

  /** Resolves when every handler that wants the event has succeeded; rejects, unlike Nest's own, when one fails. */
  override async handleEvent(pattern: string, { data }: ReadPacket, context: SqsContext): Promise<void> {
    const route = this.getRouteFromPattern(pattern);
    if (!this.events.has(route)) {
      throw new NoHandlerError(route, this.options.queue, [...this.messageHandlers.keys()]);
    }
    const handlers = this.events.wanting(route, data);
    await this.withHooks(context, async () => {
      // All are waited for: the message must not come back while one of them still runs.
      const ends = await Promise.allSettled(
        handlers.map(async (handler) =>
          lastValueFrom(await valuesOf(handler, data, context), { defaultValue: undefined }),
        ),
      );
      const failure = firstFailure(ends);
      if (failure) throw failure.reason;
    });
  }

  private async start(): Promise<QueueConsumer> {
    const { queue, service = queue, subscribe = true, concurrency, drainTimeout } = this.options;
    const { visibilityTimeout = DEFAULT_CONSUMER_SETTINGS.visibilityTimeout, clock = new SystemClock() } = this.options;
    const retry = { ...DEFAULT_RETRY_POLICY, ...this.options.retry };
    const transport = await this.transport.open();
    await transport.provision(serverTopology({ queue, visibilityTimeout, retry, subscribe }, this.events));
    const { handlers, logger } = this;
    const { tracer } = this.spans.open(transport, this.options.openTelemetry);
    const dispatcher = new PatternDispatcher({ queue, service, transport, handlers, retry, logger, clock, tracer });
    const consumer = new QueueConsumer({
      queue: watchReceives(transport.queue(queue), (status) => this._status$.next(status)),
      deadLetterQueue: transport.queue(deadLetterQueueName(queue)),
      handle: dispatcher.handle,
      settings: {
        visibilityTimeout,
        ...(concurrency !== undefined && { concurrency }),
        ...(drainTimeout !== undefined && { drainTimeout }),
      },
      onError: this.onError,
      clock,
    });
    consumer.start();
    this._status$.next('connected');
    return consumer;
  }

  private async stop(): Promise<void> {
    const consumer = await this.consumer?.catch(() => undefined);
    this.consumer = undefined;
    await consumer?.stop();
    this.spans.close();
    await this.transport.close();
    if (consumer) this._status$.next('disconnected');
  }

  private get handlers(): PatternHandlers {
    return {
      patterns: [...this.messageHandlers.keys()],
      normalise: (type) => this.getRouteFromPattern(type),
      hasEvent: (pattern) => this.events.has(pattern),
      hasRequest: (pattern) => this.requestHandler(pattern) !== undefined,
      runEvent: (pattern, data, context) => this.handleEvent(pattern, { pattern, data }, context),
      runRequest: (pattern, data, context, take) =>
        this.withHooks(context, async () => {
          const handler = this.requestHandler(pattern);
          if (!handler) throw new NoHandlerError(pattern, this.options.queue, [...this.messageHandlers.keys()]);
          return take(await valuesOf(handler, data, context));
        }),
    };
  }

  private requestHandler(pattern: string): MessageHandler | undefined {
    const handler = this.messageHandlers.get(pattern);
    return handler?.isEventHandler ? undefined : handler;
  }

  private withHooks<Result>(context: BaseRpcContext, work: () => Promise<Result>): Promise<Result> {
    const { transportId, onProcessingStartHook: start, onProcessingEndHook: end } = this;
    return withProcessingHooks({ transportId, start, end }, context, work);
  }

  private readonly onError: ConsumerErrorListener = (error, details) => {
    for (const listener of this.errorListeners) listener(error, details);
    const { queue, activity, messageId, fatal } = details;
    const what = `Queue ${queue}, ${activity}${messageId === undefined ? '' : ` of message ${messageId}`}: ${String(error)}`;
    if (fatal || activity === 'deadLetter' || activity === 'handle') this.logger.error(what);
    else this.logger.warn(what);
  };
}
