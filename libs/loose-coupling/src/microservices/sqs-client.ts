import { ClientProxy, type WritePacket } from '@nestjs/microservices';
import { InvalidOptionsError, SystemClock, type Clock } from '../kernel/index.js';
import {
  commandQueueTopology,
  isFifoQueueName,
  type ConsumerErrorListener,
  type EntryResult,
  type MessageEnvelope,
  type MessageTransport,
} from '../messaging/index.js';
import { checkClientOptions } from './check-sqs-options.js';
import { envelopeOf, outgoingMessage, queueEntryOf, type OutgoingMessage, type Packet } from './outgoing-message.js';
import { OpenTelemetrySpans } from './open-telemetry-spans.js';
import type { PendingReply } from './pending-reply.js';
import { ReplyQueue } from './reply-queue.js';
import { REPLIES_ATTRIBUTE, STREAM } from './rpc-reply.js';
import type { SqsClientEvents, SqsClientOptions } from './sqs-client.options.js';
import type { SqsStatus } from './sqs-server.options.js';
import { TransportHolder } from './transport-holder.js';

const TIMEOUT = 30_000;

/**
 * Sends to the handlers of another service: `send` to `@MessagePattern`, `@OnRequest` and `@OnCommand`, with a reply;
 * `emit` to `@EventPattern` and `@OnEvent`.
 * @example
 * ```ts
 * ClientsModule.registerAsync([{
 *   name: 'INVENTORY',
 *   inject: [MessageTransport],
 *   useFactory: (transport) => ({ customClass: SqsClient, options: { transport, queue: 'inventory' } }),
 * }])
 * ```
 */
export class SqsClient extends ClientProxy<SqsClientEvents, SqsStatus> {
  private readonly transport: TransportHolder;
  private readonly clock: Clock;
  private readonly source: string;
  private readonly fifo: boolean;
  private readonly spans = new OpenTelemetrySpans();
  private readonly errorListeners = new Set<SqsClientEvents['error']>();
  private readonly topics = new Map<string, Promise<void>>();
  private connecting: Promise<MessageTransport> | undefined;
  private replies: ReplyQueue | undefined;

  /** @throws {InvalidOptionsError} listing everything that is wrong */
  constructor(private readonly options: SqsClientOptions) {
    super();
    checkClientOptions(options);
    this.transport = new TransportHolder(options.transport);
    this.clock = options.clock ?? new SystemClock();
    this.source = options.service ?? 'client';
    this.fifo = isFifoQueueName(options.queue);
  }

  /** Resolves once the other service's queue is there. Sending does it by itself. */
  override connect(): Promise<MessageTransport> {
    if (!this.connecting) {
      this.connecting = this.open();
      this.connecting.catch(() => (this.connecting = undefined));
    }
    return this.connecting;
  }

  /** Requests that wait are rejected, and the reply queue is deleted. */
  override async close(): Promise<void> {
    const { replies, connecting } = this;
    this.replies = undefined;
    this.connecting = undefined;
    this.topics.clear();
    const transport = await connecting?.catch(() => undefined);
    this.spans.close();
    try {
      await replies?.close(transport);
    } finally {
      await this.transport.close();
    }
    if (transport) this._status$.next('disconnected');
  }

  override on(event: keyof SqsClientEvents, callback: SqsClientEvents['error']): void {
    if (event !== 'error') throw new InvalidOptionsError('SqsClient.on', [`event: expected "error", got "${event}"`]);
    this.errorListeners.add(callback);
  }

  /** The `MessageTransport`, once it is there. */
  override unwrap<T = MessageTransport>(): T {
    return this.transport.current() as T;
  }

  protected override publish(packet: Packet, callback: (packet: WritePacket) => void): () => void {
    const message = this.prepare(packet);
    const { timeout = TIMEOUT, queue } = this.options;
    const replies = (this.replies ??= new ReplyQueue({
      service: this.source,
      clock: this.clock,
      onError: this.onError,
    }));
    const reply = replies.expect({ id: message.id, type: message.type, queue, timeout }, callback);
    this.request(message, replies, reply, timeout).catch((error: unknown) => reply.fail(error));
    return () => reply.drop();
  }

  protected override async dispatchEvent<Result>(packet: Packet): Promise<Result> {
    const message = this.prepare(packet);
    const transport = await this.connect();
    await (this.options.events === 'topic' ? this.publishTo(transport, message) : this.put(transport, message));
    return undefined as Result;
  }

  private async open(): Promise<MessageTransport> {
    const transport = await this.transport.open();
    this.spans.open(transport, this.options.openTelemetry);
    await transport.provision(commandQueueTopology(this.options.queue, this.fifo));
    this._status$.next('connected');
    return transport;
  }

  private prepare(packet: Packet): OutgoingMessage {
    return outgoingMessage(this.normalizePattern(packet.pattern), packet, this.clock.now());
  }

  private async request(
    message: OutgoingMessage,
    replies: ReplyQueue,
    reply: PendingReply,
    timeout: number,
  ): Promise<void> {
    const transport = await this.connect();
    const replyTo = await replies.open(transport);
    // Whoever asked may have gone while the queue was made.
    if (!reply.over) await this.put(transport, message, { replyTo, expiry: this.clock.now() + timeout });
  }

  private async put(
    transport: MessageTransport,
    message: OutgoingMessage,
    reply?: { readonly replyTo: string; readonly expiry: number },
  ): Promise<void> {
    const { queue } = this.options;
    await this.traced('send', queue, async () => {
      const envelope = envelopeOf(message, { source: this.source, now: this.clock.now(), ...reply });
      const entry = queueEntryOf(message, envelope, {
        fifo: this.fifo,
        ...(reply && { attributes: { [REPLIES_ATTRIBUTE]: STREAM } }),
      });
      const [result] = await transport.queue(queue).send([entry]);
      assertAccepted(result);
      return envelope;
    });
  }

  private async publishTo(transport: MessageTransport, message: OutgoingMessage): Promise<void> {
    const { type: topic, options } = message;
    const { fifo } = this;
    await this.ensureTopic(transport, topic);
    const { delay } = options;
    await this.traced('publish', topic, async () => {
      const envelope = envelopeOf(message, { source: this.source, now: this.clock.now() });
      const [result] = await transport.publish([{ topic, envelope, fifo, ...(delay !== undefined && { delay }) }]);
      assertAccepted(result);
      return envelope;
    });
  }

  /** What is made within carries the span. */
  private async traced(
    operation: 'publish' | 'send',
    destination: string,
    work: () => Promise<MessageEnvelope>,
  ): Promise<void> {
    const span = this.spans.tracer.sending(operation, destination);
    try {
      span.accepted(await span.run(work));
    } catch (error) {
      span.failed(error);
      throw error;
    }
  }

  private ensureTopic(transport: MessageTransport, name: string): Promise<void> {
    const known = this.topics.get(name);
    if (known) return known;
    const made = transport.provision({ queues: [], topics: [{ name, fifo: this.fifo }], subscriptions: [] });
    this.topics.set(name, made);
    made.catch(() => this.topics.delete(name));
    return made;
  }

  private readonly onError: ConsumerErrorListener = (error, details) => {
    for (const listener of this.errorListeners) listener(error, details);
  };
}

function assertAccepted(result: EntryResult<unknown> | undefined): void {
  if (result && !result.ok) throw result.error;
}
