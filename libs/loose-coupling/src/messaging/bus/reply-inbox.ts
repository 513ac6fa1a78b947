import { ClosedError, isLooseCouplingError, uuidv7, type Clock, type Timer } from '../../kernel/index.js';
import type { QueueConsumer } from '../consumer/queue-consumer.js';
import type { ReceivedMessage } from '../core/message-queue.js';
import type { MessageTransport } from '../core/message-transport.js';
import { ACKNOWLEDGE } from '../core/outcome.js';
import { replyQueueName } from '../core/reply-queue.js';
import { readReply, type ReplyData } from '../dispatch/reply-data.js';
import { decodeMessage } from '../envelope/decode-envelope.js';
import { RemoteError } from '../errors/remote.error.js';
import { RequestTimeoutError } from '../errors/request-timeout.error.js';
import type { MessageConsumers } from '../message-consumers.js';

const CONCURRENCY = 100;
const VISIBILITY_TIMEOUT = 30_000;

/** A request that waits for its reply. */
export interface PendingRequest {
  readonly id: string;
  readonly type: string;
  readonly queue: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly type: string;
  readonly settle: (reply: ReplyData) => void;
  readonly fail: (error: unknown) => void;
}

/** The queue on which this instance gets replies; made with the first request and removed on close. */
export class ReplyInbox {
  private readonly waiting = new Map<string, Waiting>();
  private opening: Promise<string> | undefined;
  private consumer: QueueConsumer | undefined;
  private closed = false;

  constructor(
    private readonly transport: MessageTransport,
    private readonly consumers: MessageConsumers,
    private readonly service: string,
    private readonly clock: Clock,
  ) {}

  /** Name of the queue, once it is there. */
  open(): Promise<string> {
    if (this.closed) return Promise.reject(new ClosedError('The message bus'));
    if (!this.opening) {
      this.opening = this.start();
      this.opening.catch(() => (this.opening = undefined));
    }
    return this.opening;
  }

  /**
   * Resolves to the value of the reply. Must be called before the request is sent.
   * @throws {RequestTimeoutError} @throws {RemoteError}
   */
  wait({ id, type, queue, timeout, signal }: PendingRequest): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.waiting.delete(id);
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: unknown) => {
        end();
        reject(error);
      };
      const onAbort = () => fail(signal?.reason);
      const timer: Timer = this.clock.setTimer(() => fail(new RequestTimeoutError(type, queue, timeout)), timeout);
      signal?.addEventListener('abort', onAbort, { once: true });
      const settle = (reply: ReplyData) => {
        end();
        if (reply.ok) resolve(reply.value);
        else reject(new RemoteError(type, reply.error));
      };
      this.waiting.set(id, { type, settle, fail });
      if (signal?.aborted) onAbort();
    });
  }

  /** The request could not be sent, so no reply will come. */
  abandon(id: string, error: unknown): void {
    this.waiting.get(id)?.fail(error);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const { fail } of this.waiting.values()) fail(new ClosedError('The message bus'));
    const queue = await this.opening?.catch(() => undefined);
    await this.consumer?.stop();
    if (queue !== undefined) await this.transport.deleteQueue(queue);
  }

  private async start(): Promise<string> {
    const queue = replyQueueName(this.service, uuidv7(this.clock.now()));
    await this.transport.provision({
      queues: [{ name: queue, fifo: false, visibilityTimeout: VISIBILITY_TIMEOUT, maxReceiveCount: 10 }],
      topics: [],
      subscriptions: [],
    });
    const settings = { concurrency: CONCURRENCY, visibilityTimeout: VISIBILITY_TIMEOUT };
    const consumer = this.consumers.create(
      queue,
      async (message, signal) => {
        this.receive(await this.transport.open(message, signal));
        return ACKNOWLEDGE;
      },
      settings,
      undefined,
      (error, details) => {
        this.consumers.onError(error, details);
        if (isLooseCouplingError(error, 'LC_UNKNOWN_QUEUE')) this.forget(consumer);
      },
    );
    this.consumer = consumer;
    consumer.start();
    return queue;
  }

  /** The queue is gone, as when this process slept for so long that others took it for dead. The next request has another. */
  private forget(consumer: QueueConsumer): void {
    if (this.consumer !== consumer) return;
    this.consumer = this.opening = undefined;
    void consumer.stop();
  }

  /** A reply that nobody waits for any more, or that cannot be read, is dropped. */
  private receive({ body, attributes }: ReceivedMessage): void {
    try {
      const { envelope } = decodeMessage(body, attributes);
      const reply = readReply(envelope.data);
      if (reply) this.waiting.get(envelope.causationid ?? '')?.settle(reply);
    } catch {
      // Nothing to be done: the request it may have answered times out.
    }
  }
}
