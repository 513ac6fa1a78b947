import { Inject, Injectable } from '@nestjs/common';
import { Clock, ClosedError } from '../kernel/index.js';
import type { ConsumerErrorListener } from './consumer/consumer-report.js';
import { QueueConsumer } from './consumer/queue-consumer.js';
import type { HandleMessage } from './consumer/message-processor.js';
import { deadLetterQueueName } from './core/dead-letter.js';
import { MessageTransport } from './core/message-transport.js';
import { MessageDispatchers } from './message-dispatchers.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import { ReceivingStatus, type QueueReceiving } from './receiving-status.js';
import type { SqsHandlerBinding } from './sqs-handlers/sqs-handler.explorer.js';
import type { DeadLetterBinding, QueueBinding } from './topology/queue-binding.js';

type Settings = Pick<QueueBinding, 'concurrency' | 'visibilityTimeout' | 'rateLimit' | 'laneWidth'>;

/** Runs one consumer for every queue that the application receives from. */
@Injectable()
export class MessageConsumers extends ReceivingStatus {
  /** With the names of their queues. */
  private readonly running = new Map<QueueConsumer, string>();
  /** Make handlers of batches take what there is. */
  private readonly collecting: (() => void)[] = [];
  private draining: Promise<void> | undefined;

  constructor(
    private readonly transport: MessageTransport,
    private readonly clock: Clock,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    private readonly dispatchers: MessageDispatchers,
  ) {
    super();
  }

  /** @throws {ClosedError} after `drain()` */
  receive(binding: QueueBinding): QueueConsumer {
    const { queue, handlers } = binding;
    const consumer = this.start(queue, this.dispatchers.forQueue(binding), binding, deadLetterQueueName(queue));
    this.collecting.push(...[...handlers.values()].flatMap(({ hurry }) => hurry ?? []));
    return consumer;
  }

  receiveDeadLetters(binding: DeadLetterBinding): QueueConsumer {
    const handle = this.dispatchers.forDeadLetters(binding);
    return this.start(deadLetterQueueName(binding.originalQueue), handle, binding);
  }

  /** Its messages that fail again and again are left to the queue's own redrive policy. */
  receiveForSqsHandler(binding: SqsHandlerBinding): QueueConsumer {
    return this.start(binding.queue, binding.handle, binding, undefined, (error, details) => {
      this.onError(error, details);
      binding.events.emit('error', error);
    });
  }

  /** Receives replies and the like; not one of the application's own handlers, so it outlives their drain. */
  create(
    queue: string,
    handle: HandleMessage,
    settings: Settings,
    deadLetterQueue?: string,
    onError: ConsumerErrorListener = this.onError,
  ): QueueConsumer {
    return new QueueConsumer({
      queue: this.transport.queue(queue),
      ...(deadLetterQueue !== undefined && { deadLetterQueue: this.transport.queue(deadLetterQueue) }),
      handle,
      settings: {
        ...this.options.consumer,
        concurrency: settings.concurrency,
        visibilityTimeout: settings.visibilityTimeout,
        ...(settings.rateLimit && { rateLimit: settings.rateLimit }),
        ...(settings.laneWidth !== undefined && { laneWidth: settings.laneWidth }),
      },
      clock: this.clock,
      onError,
    });
  }

  /** Stops one consumer, waiting for its handlers. */
  async stop(consumer: QueueConsumer, drainTimeout = this.options.consumer.drainTimeout): Promise<void> {
    await consumer.stop({ drainTimeout });
    this.running.delete(consumer);
  }

  override queues(): readonly QueueReceiving[] {
    return Array.from(this.running, ([{ inFlight, lastSuccessfulPoll, failingSince, pollAge }, queue]) => ({
      queue,
      inFlight,
      ...(lastSuccessfulPoll !== undefined && { lastSuccessfulPoll }),
      ...(failingSince !== undefined && { failingSince }),
      ...(pollAge !== undefined && { pollAge }),
    }));
  }

  /** Messages that the consumers could receive now, and those that they have in hand. */
  async backlog(): Promise<{ readonly waiting: number; readonly inHand: number }> {
    const queues = [...new Set(this.running.values())].map((name) => this.transport.queue(name).depth());
    const waiting = (await Promise.all(queues)).reduce((sum, { available }) => sum + available, 0);
    const inHand = [...this.running.keys()].reduce((sum, consumer) => sum + consumer.inFlight, 0);
    return { waiting, inHand };
  }

  /** Handlers of batches wait for no more messages from now on: the application is about to shut down. */
  hurry(): void {
    for (const hurry of this.collecting) hurry();
  }

  /**
   * Stops receiving, hands back what has not started, and waits for running handlers until the timeout, by
   * default `consumer.drainTimeout`; then aborts their signals. A later call joins the first.
   */
  drain(drainTimeout?: number): Promise<void> {
    return (this.draining ??= this.stopAll(drainTimeout));
  }

  private async stopAll(drainTimeout?: number): Promise<void> {
    this.hurry();
    await Promise.all(Array.from(this.running.keys(), (consumer) => this.stop(consumer, drainTimeout)));
  }

  private start(...what: Parameters<MessageConsumers['create']>): QueueConsumer {
    if (this.draining) throw new ClosedError('Receiving messages');
    const consumer = this.create(...what);
    this.running.set(consumer, what[0]);
    consumer.start();
    return consumer;
  }

  /** Logs what goes wrong with a queue. */
  readonly onError: ConsumerErrorListener = (error, { queue, activity, messageId, fatal }) => {
    // The dispatcher has logged failures of handlers, with more to say of them.
    if (activity === 'handle' && (error as { code?: unknown } | null)?.code !== 'LC_MESSAGE_TOO_LARGE') return;
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const what = `Queue ${queue}, ${activity}${messageId === undefined ? '' : ` of message ${messageId}`}: ${text}`;
    if (fatal || activity === 'deadLetter' || activity === 'handle') this.options.logger.error(what);
    else this.options.logger.warn(what);
  };
}
