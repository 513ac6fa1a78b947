import type { WritePacket } from '@nestjs/microservices';
import { ClosedError, isLooseCouplingError, uuidv7, type Clock } from '../kernel/index.js';
import {
  ACKNOWLEDGE,
  decodeMessage,
  QueueConsumer,
  replyQueueName,
  type ConsumerErrorListener,
  type MessageTransport,
  type ReceivedMessage,
} from '../messaging/index.js';
import { PendingReply, type SentRequest } from './pending-reply.js';
import { readReply } from './rpc-reply.js';

const CONCURRENCY = 100;
const VISIBILITY_TIMEOUT = 30_000;

export interface ReplyQueueOptions {
  readonly service: string;
  readonly clock: Clock;
  readonly onError: ConsumerErrorListener;
}

/** The queue on which one client gets replies; made with its first request, and deleted with its messages on close. */
export class ReplyQueue {
  private readonly pending = new Map<string, PendingReply>();
  private opening: Promise<string> | undefined;
  private consumer: QueueConsumer | undefined;
  private closed = false;

  constructor(private readonly options: ReplyQueueOptions) {}

  /** Name of the queue, once it is there. */
  open(transport: MessageTransport): Promise<string> {
    if (this.closed) return Promise.reject(new ClosedError('SqsClient'));
    if (!this.opening) {
      this.opening = this.start(transport);
      this.opening.catch(() => (this.opening = undefined));
    }
    return this.opening;
  }

  /** Waits for replies to a request. Must be called before it is sent. */
  expect(request: SentRequest, callback: (packet: WritePacket) => void): PendingReply {
    const { id } = request;
    const reply = new PendingReply(request, callback, () => this.pending.delete(id), this.options.clock);
    this.pending.set(id, reply);
    return reply;
  }

  async close(transport: MessageTransport | undefined): Promise<void> {
    this.closed = true;
    for (const reply of this.pending.values()) reply.fail(new ClosedError('SqsClient'));
    const queue = await this.opening?.catch(() => undefined);
    await this.consumer?.stop();
    if (queue !== undefined) await transport?.deleteQueue(queue);
  }

  private async start(transport: MessageTransport): Promise<string> {
    const { service, clock, onError } = this.options;
    const name = replyQueueName(service, uuidv7(clock.now()));
    await transport.provision({
      queues: [{ name, fifo: false, visibilityTimeout: VISIBILITY_TIMEOUT, maxReceiveCount: 10 }],
      topics: [],
      subscriptions: [],
    });
    const consumer = new QueueConsumer({
      queue: transport.queue(name),
      handle: async (message, signal) => {
        this.receive(await transport.open(message, signal));
        return ACKNOWLEDGE;
      },
      settings: { concurrency: CONCURRENCY, visibilityTimeout: VISIBILITY_TIMEOUT },
      onError: (error, details) => {
        onError(error, details);
        if (isLooseCouplingError(error, 'LC_UNKNOWN_QUEUE')) this.forget(consumer);
      },
      clock,
    });
    this.consumer = consumer;
    consumer.start();
    return name;
  }

  /** The queue is gone, as when this process slept for so long that others took it for dead. The next request has another. */
  private forget(consumer: QueueConsumer): void {
    if (this.consumer !== consumer) return;
    this.consumer = this.opening = undefined;
    void consumer.stop();
  }

  /** A reply that nobody waits for any more, or that cannot be read, is dropped: its request times out. */
  private receive({ body, attributes }: ReceivedMessage): void {
    try {
      const { envelope } = decodeMessage(body, attributes);
      const reply = readReply(envelope.data);
      if (reply) this.pending.get(envelope.causationid ?? '')?.receive(reply);
    } catch {
      // Nobody to tell.
    }
  }
}
