import { Inject, Injectable } from '@nestjs/common';
import { Clock, ClosedError } from '../kernel/index.js';
import type { ConsumerErrorListener } from './consumer/consumer-report.js';
import { QueueConsumer } from './consumer/queue-consumer.js';
import type { HandleMessage } from './consumer/message-processor.js';
import { deadLetterQueueName } from './core/dead-letter.js';
import { MessageTransport } from './core/message-transport.js';
import { DeadLetterDispatcher } from './dispatch/dead-letter-dispatcher.js';
import { DispatchLog } from './dispatch/dispatch-log.js';
import { MessageDispatcher, type DispatchServices } from './dispatch/message-dispatcher.js';
import { MessageMiddlewareRegistry } from './dispatch/message-middleware.registry.js';
import { ReplySender } from './dispatch/reply-sender.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import type { DeadLetterBinding, QueueBinding } from './topology/queue-binding.js';

type Settings = Pick<QueueBinding, 'concurrency' | 'visibilityTimeout'>;

/** Runs one consumer for every queue that the application receives from. */
@Injectable()
export class MessageConsumers {
  private readonly running = new Set<QueueConsumer>();
  private readonly services: DispatchServices;
  private draining: Promise<void> | undefined;

  constructor(
    private readonly transport: MessageTransport,
    private readonly clock: Clock,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    middlewares: MessageMiddlewareRegistry,
  ) {
    this.services = {
      clock,
      middlewares,
      replies: new ReplySender(transport, options.service, clock),
      log: new DispatchLog(options.logger),
    };
  }

  /** @throws {ClosedError} after `drain()` */
  receive(binding: QueueBinding): QueueConsumer {
    const { queue } = binding;
    const dispatcher = new MessageDispatcher(queue, binding.handlers, this.services);
    return this.start(queue, dispatcher.handle, binding, deadLetterQueueName(queue));
  }

  receiveDeadLetters(binding: DeadLetterBinding): QueueConsumer {
    const dispatcher = new DeadLetterDispatcher(binding.originalQueue, binding.handlers, this.services);
    return this.start(deadLetterQueueName(binding.originalQueue), dispatcher.handle, binding);
  }

  /** Receives replies and the like; not one of the application's own handlers, so it outlives their drain. */
  create(queue: string, handle: HandleMessage, settings: Settings, deadLetterQueue?: string): QueueConsumer {
    return new QueueConsumer({
      queue: this.transport.queue(queue),
      ...(deadLetterQueue !== undefined && { deadLetterQueue: this.transport.queue(deadLetterQueue) }),
      handle,
      settings: {
        ...this.options.consumer,
        concurrency: settings.concurrency,
        visibilityTimeout: settings.visibilityTimeout,
      },
      clock: this.clock,
      onError: this.onError,
    });
  }

  /** Stops one consumer, waiting for its handlers. */
  async stop(consumer: QueueConsumer): Promise<void> {
    await consumer.stop();
    this.running.delete(consumer);
  }

  /**
   * Stops receiving, hands back what has not started, and waits for running handlers until `consumer.drainTimeout`;
   * then aborts their signals. A later call joins the first.
   */
  drain(): Promise<void> {
    return (this.draining ??= Promise.all([...this.running].map((consumer) => this.stop(consumer))).then(
      () => undefined,
    ));
  }

  private start(queue: string, handle: HandleMessage, settings: Settings, deadLetterQueue?: string): QueueConsumer {
    if (this.draining) throw new ClosedError('Receiving messages');
    const consumer = this.create(queue, handle, settings, deadLetterQueue);
    this.running.add(consumer);
    consumer.start();
    return consumer;
  }

  private readonly onError: ConsumerErrorListener = (error, { queue, activity, messageId, fatal }) => {
    // The dispatcher has logged failures of handlers, with more to say of them.
    if (activity === 'handle' && (error as { code?: unknown } | null)?.code !== 'LC_MESSAGE_TOO_LARGE') return;
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const what = `Queue ${queue}, ${activity}${messageId === undefined ? '' : ` of message ${messageId}`}: ${text}`;
    if (fatal || activity === 'deadLetter' || activity === 'handle') this.options.logger.error(what);
    else this.options.logger.warn(what);
  };
}
