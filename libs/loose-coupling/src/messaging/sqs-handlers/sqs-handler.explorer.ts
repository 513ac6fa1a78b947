import { Inject, Injectable } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import type { FaultList } from '../../kernel/index.js';
import { DispatchLog } from '../dispatch/dispatch-log.js';
import { MessageExplorer } from '../message-explorer.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from '../messaging-options.js';
import type { SqsConsumerOptions } from './sqs-consumer-options.js';
import { SQS_CONSUMER_EVENTS, SqsEventHandlers } from './sqs-event-handlers.js';
import { SqsHandlerDispatcher } from './sqs-handler-dispatcher.js';
import {
  EVENT_HANDLER,
  MESSAGE_HANDLER,
  type SqsEventHandlerMetadata,
  type SqsMessageHandlerMetadata,
} from './sqs-handler.decorators.js';

/** A queue that a `@SqsMessageHandler` receives from. */
export interface SqsHandlerBinding {
  readonly queue: string;
  readonly concurrency: number;
  readonly visibilityTimeout: number;
  readonly handle: SqsHandlerDispatcher['handle'];
  readonly events: SqsEventHandlers;
}

interface Found<Metadata> {
  /** Class and method. */
  readonly name: string;
  readonly metadata: Metadata;
  readonly call: (...values: unknown[]) => unknown;
  readonly isStatic: boolean;
}

/** Finds the methods that were decorated for @ssut/nestjs-sqs, and joins them with the option `sqsConsumers`. */
@Injectable()
export class SqsHandlerExplorer {
  private readonly warned = new Set<string>();

  constructor(
    private readonly explorer: MessageExplorer,
    private readonly scanner: MetadataScanner,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
  ) {}

  explore(faults: FaultList): SqsHandlerBinding[] {
    const { sqsConsumers } = this.options;
    // Without the option, such methods are another module's to call.
    if (sqsConsumers.length === 0) return [];
    const handlers = this.find<SqsMessageHandlerMetadata>(MESSAGE_HANDLER);
    const events = this.find<SqsEventHandlerMetadata>(EVENT_HANDLER);
    const known = new Set(sqsConsumers.map(({ name }) => name));
    for (const { name, metadata, isStatic } of [...handlers, ...events]) {
      if (!known.has(metadata.name)) {
        faults.add(`${name}: its consumer`, `one of the option sqsConsumers (${[...known].join(', ')})`, metadata.name);
      }
      if (!isStatic) faults.say(`${name}: its class is request-scoped, and there is no request; make it a singleton`);
    }
    for (const { name, metadata } of events) this.warnOfUnknown(name, metadata.eventName);
    return sqsConsumers.flatMap((consumer) => this.bind(consumer, handlers, events, faults) ?? []);
  }

  private bind(
    consumer: SqsConsumerOptions,
    handlers: readonly Found<SqsMessageHandlerMetadata>[],
    events: readonly Found<SqsEventHandlerMetadata>[],
    faults: FaultList,
  ): SqsHandlerBinding | undefined {
    const { logger, consumer: defaults } = this.options;
    const [handler, ...rivals] = handlers.filter(({ metadata }) => metadata.name === consumer.name);
    if (!handler || rivals.length > 0) {
      const came = handler
        ? [handler, ...rivals].map(({ name }) => name).join(' and ')
        : 'none; is its class provided?';
      faults.say(`sqsConsumers: expected one @SqsMessageHandler('${consumer.name}'), came ${came}`);
      return undefined;
    }
    const { queue, concurrency = defaults.concurrency, visibilityTimeout = defaults.visibilityTimeout } = consumer;
    const listeners = events
      .filter(({ metadata }) => metadata.name === consumer.name)
      .map(({ name, call, metadata }) => ({ name, call, event: metadata.eventName }));
    const told = new SqsEventHandlers(listeners, logger);
    const { handle } = new SqsHandlerDispatcher({
      queue,
      name: handler.name,
      batch: handler.metadata.batch === true,
      call: handler.call,
      retryDelay: visibilityTimeout,
      events: told,
      log: new DispatchLog(logger),
    });
    return { queue, concurrency, visibilityTimeout, handle, events: told };
  }

  private warnOfUnknown(handler: string, event: string): void {
    if ((SQS_CONSUMER_EVENTS as readonly string[]).includes(event) || this.warned.has(handler)) return;
    this.warned.add(handler);
    this.options.logger.warn(`${handler} is never called: there is no event "${event}" here.`);
  }

  private find<Metadata>(key: symbol): Found<Metadata>[] {
    const found: Found<Metadata>[] = [];
    const seen = new Set<object>();
    for (const { wrapper } of this.explorer.hosts()) {
      const instance = wrapper.instance as Record<string, (...values: unknown[]) => unknown>;
      const prototype = Object.getPrototypeOf(instance) as Record<string, object> | null;
      if (!prototype || seen.has(prototype)) continue;
      seen.add(prototype);
      for (const method of this.scanner.getAllMethodNames(prototype)) {
        const metadata = Reflect.getMetadata(key, prototype[method] as object) as Metadata | undefined;
        if (!metadata) continue;
        found.push({
          name: `${instance.constructor.name}.${method}`,
          metadata,
          // Looked up with each call, so that what others wrap around the method after start-up runs as well.
          call: (...values) => instance[method]?.(...values),
          isStatic: wrapper.isDependencyTreeStatic() && !wrapper.isTransient,
        });
      }
    }
    return found;
  }
}
