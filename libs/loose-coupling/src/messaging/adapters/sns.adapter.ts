import type { EntryResult } from '../core/message-queue.js';

/** Beside the text of a message. */
export interface SnsPublishOptions {
  /** Text attributes, which filter policies look at by default. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** For e-mail subscribers: at most 100 ASCII characters. */
  readonly subject?: string;
  /** FIFO topics. */
  readonly groupId?: string;
  /** FIFO topics. Default: a new UUIDv7. */
  readonly deduplicationId?: string;
}

export interface SnsEntry extends SnsPublishOptions {
  /** Text goes as it is, anything else as JSON. */
  readonly message: unknown;
}

export interface SnsPublished {
  readonly messageId: string;
}

/** One topic, as `@InjectSnsTopic('prices')` gives it. */
export interface SnsTopic {
  readonly name: string;
  publish(message: unknown, options?: SnsPublishOptions): Promise<SnsPublished>;
  publishBatch(entries: readonly SnsEntry[]): Promise<EntryResult<SnsPublished>[]>;
}

/**
 * Publishes to topics as they are: no contract, no envelope. On the local transport, to the topics of the embedded broker.
 * `topic` is the name of a topic of this application (a prefix is added), or an ARN, taken as it is.
 */
export abstract class SnsAdapter {
  /**
   * Resolves when SNS has accepted the message.
   * @throws {UnknownTopicError} @throws {MessageTooLargeError} @throws {InvalidMessageError}
   */
  abstract publish(topic: string, message: unknown, options?: SnsPublishOptions): Promise<SnsPublished>;
  /** Each has a result of its own, in the order given; nothing is thrown for an entry. */
  abstract publishBatch(topic: string, entries: readonly SnsEntry[]): Promise<EntryResult<SnsPublished>[]>;
  /** The same over a connection of the option `aws.connections`. */
  abstract on(connection: string): SnsAdapter;

  topic(name: string): SnsTopic {
    return {
      name,
      publish: (message, options) => this.publish(name, message, options),
      publishBatch: (entries) => this.publishBatch(name, entries),
    };
  }
}
