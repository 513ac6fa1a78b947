import type { EntryResult, MessageQueue } from '../core/message-queue.js';

/** Beside the body of a message. */
export interface SqsSendOptions {
  /** Text attributes, at most 10. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Milliseconds until the message can be received, at most 900,000; rounded up to seconds on AWS. Refused on FIFO queues. */
  readonly delay?: number;
  /** FIFO queues: messages of one group are received in order. On a standard queue: the tenant, for fair queues. */
  readonly groupId?: string;
  /** FIFO queues: a second message with this id within five minutes is accepted and not delivered. Default: a new UUIDv7. */
  readonly deduplicationId?: string;
}

export interface SqsEntry extends SqsSendOptions {
  /** Text goes as it is, anything else as JSON. */
  readonly body: unknown;
}

export interface SqsSent {
  readonly messageId: string;
}

/** One queue, as `@InjectSqsQueue('orders')` gives it. */
export interface SqsQueue {
  readonly name: string;
  send(body: unknown, options?: SqsSendOptions): Promise<SqsSent>;
  sendBatch(entries: readonly SqsEntry[]): Promise<EntryResult<SqsSent>[]>;
}

/**
 * Sends to queues as they are: no contract, no envelope. On the local transport, to the queues of the embedded broker.
 * `queue` is the name of a queue of this application (a prefix is added), or a URL or ARN, taken as it is.
 */
export abstract class SqsAdapter {
  /**
   * Resolves when SQS has accepted the message.
   * @throws {UnknownQueueError} @throws {MessageTooLargeError} @throws {InvalidMessageError}
   */
  abstract send(queue: string, body: unknown, options?: SqsSendOptions): Promise<SqsSent>;
  /** Any number of messages, in calls as large as SQS takes. Each has a result of its own, in the order given; nothing is thrown for an entry. */
  abstract sendBatch(queue: string, entries: readonly SqsEntry[]): Promise<EntryResult<SqsSent>[]>;
  /** For receiving by hand, and for what else a queue can do. */
  abstract messages(queue: string): MessageQueue;
  /** The same over a connection of the option `aws.connections`. */
  abstract on(connection: string): SqsAdapter;

  queue(name: string): SqsQueue {
    return {
      name,
      send: (body, options) => this.send(name, body, options),
      sendBatch: (entries) => this.sendBatch(name, entries),
    };
  }
}
