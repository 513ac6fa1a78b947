import { Inject, Injectable } from '@nestjs/common';
import { Clock, ClosedError } from '../../kernel/index.js';
import type { MessageContract } from '../contracts/message-contract.js';
import { validateData } from '../contracts/validate-data.js';
import { MessageTransport, type OutgoingEvent } from '../core/message-transport.js';
import type { EntryResult } from '../core/message-queue.js';
import type { SendingSpan } from '../core/message-tracer.js';
import { MessageMiddlewareRegistry } from '../dispatch/message-middleware.registry.js';
import { traceHeaderOf } from '../envelope/trace-of.js';
import { fairGroupOf } from '../envelope/fair-group.js';
import { fifoOrderOf } from '../envelope/fifo-order.js';
import { encodeEnvelope } from '../envelope/encode-envelope.js';
import type { MessageEnvelope } from '../envelope/message-envelope.js';
import { PublishFailedError } from '../errors/publish-failed.error.js';
import { MessageConsumers } from '../message-consumers.js';
import { MessageHandlerRegistry } from '../message-handler.registry.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from '../messaging-options.js';
import { commandQueueTopology } from '../topology/derive-topology.js';
import { TopologyProvisioner } from '../topology-provisioner.js';
import {
  MessageBus,
  type EventToPublish,
  type PublishOptions,
  type RequestOptions,
  type ScheduleOptions,
  type SentMessage,
  type SubscribeOptions,
  type Subscription,
} from './message-bus.js';
import { MessageFactory } from './message-factory.js';
import { ReplyInbox } from './reply-inbox.js';
import { RunTimeSubscriptions } from './run-time-subscriptions.js';

const REQUEST_TIMEOUT = 30_000;

/** The `MessageBus` on whichever transport the application has. */
@Injectable()
export class TransportMessageBus extends MessageBus {
  private readonly messages: MessageFactory;
  private readonly replies: ReplyInbox;
  private readonly subscriptions: RunTimeSubscriptions;
  private closed = false;

  constructor(
    private readonly transport: MessageTransport,
    private readonly provisioner: TopologyProvisioner,
    private readonly observers: MessageMiddlewareRegistry,
    private readonly clock: Clock,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    consumers: MessageConsumers,
    registry: MessageHandlerRegistry,
  ) {
    super();
    this.messages = new MessageFactory(options.service, clock, () => observers.protection);
    this.replies = new ReplyInbox(transport, consumers, options.service, clock);
    this.subscriptions = new RunTimeSubscriptions(transport, consumers, registry, options, clock);
  }

  override async publish(
    event: MessageContract | string,
    data: unknown,
    options?: PublishOptions,
  ): Promise<SentMessage> {
    const span = this.observers.tracer.sending('publish', nameOf(event));
    return traced(span, async () => {
      const outgoing = await this.prepare(event, data, options);
      const [result] = await this.transport.publish([outgoing]);
      return this.accepted(span, outgoing.envelope, result);
    });
  }

  override async publishAll(events: readonly EventToPublish[]): Promise<SentMessage[]> {
    const spans = events.map(({ event }) => this.observers.tracer.sending('publish', nameOf(event)));
    const publish = async () => {
      const outgoing = await Promise.all(
        events.map(({ event, data, options }, index) => {
          const prepare = () => this.prepare(event, data, options);
          return spans[index]?.run(prepare) ?? prepare();
        }),
      );
      return { outgoing, results: await this.transport.publish(outgoing) };
    };
    const { outgoing, results } = await publish().catch((error: unknown) => {
      for (const span of spans) span.failed(error);
      throw error;
    });
    const failures = results.flatMap((result, index) => (result.ok ? [] : [{ index, error: result.error }]));
    outgoing.forEach(({ envelope }, index) => {
      const result = results[index];
      if (result?.ok) this.tell(envelope);
      if (result?.ok) spans[index]?.accepted(envelope);
      else spans[index]?.failed(result?.error);
    });
    if (failures.length > 0) throw new PublishFailedError(failures, events.length);
    return outgoing.map(({ envelope }) => ({ id: envelope.id }));
  }

  override async send(command: MessageContract, data: unknown, options?: PublishOptions): Promise<SentMessage> {
    this.assertOpen();
    const span = this.observers.tracer.sending('send', command.queue);
    return traced(span, async () => {
      const envelope = await this.messages.create(command, data, options);
      return this.put(span, command, envelope, options?.delay);
    });
  }

  override async request<Input, Reply>(
    command: MessageContract<unknown, Reply, Input>,
    data: Input,
    options: RequestOptions = {},
  ): Promise<Reply> {
    this.assertOpen();
    const { timeout = REQUEST_TIMEOUT, signal } = options;
    signal?.throwIfAborted();
    const replyTo = await this.replies.open();
    const expiry = this.clock.now() + timeout;
    const span = this.observers.tracer.sending('send', command.queue);
    const envelope = await traced(span, () =>
      this.messages.create(command as MessageContract, data, options, { replyTo, expiry }),
    );
    const { id, type } = envelope;
    const reply = this.replies.wait({ id, type, queue: command.queue, timeout, signal });
    // Sent beside the wait, so that a timeout or an abort ends the request also while it is being sent.
    traced(span, () => this.put(span, command as MessageContract, envelope)).catch((error: unknown) =>
      this.replies.abandon(id, error),
    );
    return validateData(command.reply, await reply, `reply of ${type}`);
  }

  override schedule(message: MessageContract, data: unknown, when: ScheduleOptions): Promise<SentMessage> {
    const delay = 'at' in when ? Math.max(0, Number(when.at) - this.clock.now()) : when.delay;
    const options = { ...when, delay };
    return message.kind === 'event' ? this.publish(message, data, options) : this.send(message, data, options);
  }

  override async subscribe(
    event: MessageContract | string,
    handler: (data: never, context: never) => unknown,
    options?: SubscribeOptions,
  ): Promise<Subscription> {
    this.assertOpen();
    await this.provisioner.ready();
    this.assertOpen();
    return this.subscriptions.open(event, handler as never, options);
  }

  /** Pending requests are rejected, subscriptions on queues without a name end; nothing can be sent afterwards. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([this.replies.close(), this.subscriptions.close()]);
  }

  private async prepare(
    event: MessageContract | string,
    data: unknown,
    options?: PublishOptions,
  ): Promise<OutgoingEvent> {
    this.assertOpen();
    const envelope = await this.messages.create(event, data, options);
    const fifo = typeof event !== 'string' && event.ordered;
    const topic = envelope.type;
    await this.provisioner.ensure(`topic ${topic}`, () => ({
      queues: [],
      topics: [{ name: topic, fifo }],
      subscriptions: [],
    }));
    return { topic, envelope, fifo, ...(options?.delay !== undefined && { delay: options.delay }) };
  }

  private async put(
    span: SendingSpan,
    command: MessageContract,
    envelope: MessageEnvelope,
    delay?: number,
  ): Promise<SentMessage> {
    const { queue, ordered } = command;
    const { visibilityTimeout } = this.options.consumer;
    await this.provisioner.ensure(`queue ${queue}`, () => commandQueueTopology(queue, ordered, visibilityTimeout));
    const [result] = await this.transport.queue(queue).send([
      {
        body: encodeEnvelope(envelope),
        ...traceHeaderOf(envelope),
        ...(delay !== undefined && { delay }),
        ...(ordered ? fifoOrderOf(envelope) : fairGroupOf(envelope)),
      },
    ]);
    return this.accepted(span, envelope, result);
  }

  private accepted(
    span: SendingSpan,
    envelope: MessageEnvelope,
    result: EntryResult<unknown> | undefined,
  ): SentMessage {
    if (result && !result.ok) throw result.error;
    span.accepted(envelope);
    this.tell(envelope);
    return { id: envelope.id };
  }

  private tell(envelope: MessageEnvelope): void {
    for (const observer of this.observers.observers) {
      try {
        observer.published({ type: envelope.type, envelope });
      } catch {
        // The message is on its way, whatever an observer makes of it.
      }
    }
  }

  private assertOpen(): void {
    if (this.closed) throw new ClosedError('The message bus');
  }
}

const nameOf = (event: MessageContract | string): string => (typeof event === 'string' ? event : event.name);

async function traced<Result>(span: SendingSpan, work: () => Promise<Result>): Promise<Result> {
  try {
    return await span.run(work);
  } catch (error) {
    span.failed(error);
    throw error;
  }
}
