import { type Clock, utf8Length, uuidv7 } from '../../kernel/index.js';
import {
  type EntryResult,
  InvalidMessageError,
  MessageTooLargeError,
  UnknownTopicError,
} from '../../messaging/index.js';
import type { SnsApi } from '../clients/aws-apis.js';
import { Destinations } from '../publishing/destinations.js';
import { EntryBatcher } from '../publishing/entry-batcher.js';
import type { BatcherCloseOptions } from '../publishing/entry-batcher.options.js';
import { explain, readBatchAnswer, refused } from '../publishing/entry-results.js';
import { judgeAwsError } from '../publishing/judge-aws-error.js';
import { attributeBytes, toAttributeValues } from '../publishing/message-rules.js';
import type { AwsPublisherOptions } from '../transport/aws-transport.options.js';
import { faultOfNotification, type Notification } from './notification.js';

/** Of a topic that has no `MaximumMessageSize` of its own; of one message, and of all messages of a call. */
const DEFAULT_MAX_BYTES = 262_144;
const FIFO_SUFFIX = '.fifo';

export interface SnsPublisherOptions {
  readonly api: Pick<SnsApi, 'publishBatch' | 'getTopicAttributes'>;
  readonly publisher?: AwsPublisherOptions;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** What a notification becomes; the same object is sent again on a retry, with the same deduplication id. */
type PreparedEntry = Omit<
  NonNullable<Parameters<SnsApi['publishBatch']>[0]['PublishBatchRequestEntries']>[number],
  'Id'
>;
type Batcher = EntryBatcher<PreparedEntry, { messageId: string }>;

/** Publishes to topics of SNS by `PublishBatch`. What SNS would refuse is refused before it can share a call. */
export class SnsPublisher {
  private readonly topics = new Destinations((arn) => this.open(arn));
  private readonly limits = new Map<string, number>();

  constructor(private readonly options: SnsPublisherOptions) {}

  /**
   * Resolves once every notification was accepted or refused, with a result for each, in their order. Nothing is thrown for one.
   * Those of one group reach a FIFO topic in order.
   */
  async publish(
    topicArn: string,
    notifications: readonly Notification[],
    signal?: AbortSignal,
  ): Promise<EntryResult<{ messageId: string }>[]> {
    let batcher: Batcher;
    try {
      batcher = await this.topics.of(topicArn);
    } catch (reason) {
      const error = reason instanceof Error ? reason : new Error(String(reason));
      const permanent = judgeAwsError(error) !== 'retry';
      return explain(
        nameOf(topicArn),
        notifications.map(() => ({ ok: false, error, permanent })),
      );
    }
    const results = notifications.map((notification) => this.add(batcher, topicArn, notification, signal));
    return explain(nameOf(topicArn), await Promise.all(results), signal);
  }

  /** The limit of one message of the topic, in UTF-8 bytes. @throws {UnknownTopicError} */
  async maxMessageBytes(topicArn: string): Promise<number> {
    await this.topics.of(topicArn);
    return this.limits.get(topicArn) ?? DEFAULT_MAX_BYTES;
  }

  flush(): Promise<void> {
    return this.topics.flush();
  }

  close(options?: BatcherCloseOptions): Promise<void> {
    return this.topics.close(options);
  }

  private add(
    batcher: Batcher,
    arn: string,
    notification: Notification,
    signal: AbortSignal | undefined,
  ): Promise<EntryResult<{ messageId: string }>> {
    const fifo = arn.endsWith(FIFO_SUFFIX);
    const fault = faultOfNotification(notification, fifo);
    if (fault) return Promise.resolve(refused(new InvalidMessageError(arn, fault, 'topic')));
    const bytes = utf8Length(notification.message) + attributeBytes(notification.attributes ?? {});
    const limit = this.limits.get(arn) ?? DEFAULT_MAX_BYTES;
    if (bytes > limit) {
      return Promise.resolve(refused(new MessageTooLargeError(`The message for topic "${arn}"`, bytes, limit)));
    }
    return batcher.add(prepare(notification, fifo), {
      bytes,
      ...(fifo && { group: notification.groupId }),
      ...(signal && { signal }),
    });
  }

  private async open(arn: string): Promise<Batcher> {
    const maxBytes = await this.lookUpLimit(arn);
    this.limits.set(arn, maxBytes);
    const { publisher, clock, random } = this.options;
    return new EntryBatcher({
      ...publisher,
      destination: nameOf(arn),
      maxBytes,
      call: (entries, signal) => this.call(arn, entries, signal),
      judge: judgeAwsError,
      clock,
      random,
    });
  }

  private async lookUpLimit(arn: string): Promise<number> {
    try {
      const { Attributes } = await this.options.api.getTopicAttributes({ TopicArn: arn });
      return Number(Attributes?.['MaximumMessageSize']) || DEFAULT_MAX_BYTES;
    } catch (cause) {
      // Who may publish need not be allowed to ask.
      if (cause instanceof Error && /Authorization|AccessDenied/.test(cause.name)) return DEFAULT_MAX_BYTES;
      throw unknownTopic(arn, cause) ?? cause;
    }
  }

  private async call(
    arn: string,
    entries: readonly PreparedEntry[],
    abortSignal: AbortSignal,
  ): Promise<EntryResult<{ messageId: string }>[]> {
    try {
      const PublishBatchRequestEntries = entries.map((entry, index) => ({ ...entry, Id: String(index) }));
      const answer = await this.options.api.publishBatch(
        { TopicArn: arn, PublishBatchRequestEntries },
        { abortSignal },
      );
      return readBatchAnswer('topic', arn, entries.length, answer);
    } catch (cause) {
      throw unknownTopic(arn, cause) ?? cause;
    }
  }
}

const nameOf = (arn: string): string => `Topic "${arn}"`;

const unknownTopic = (arn: string, cause: unknown): UnknownTopicError | undefined =>
  cause instanceof Error && cause.name.startsWith('NotFound') ? new UnknownTopicError(arn, { cause }) : undefined;

function prepare(
  { message, attributes, subject, groupId, deduplicationId }: Notification,
  fifo: boolean,
): PreparedEntry {
  const values = toAttributeValues(attributes);
  return {
    Message: message,
    ...(values && { MessageAttributes: values }),
    ...(subject !== undefined && { Subject: subject }),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    ...(fifo && { MessageDeduplicationId: deduplicationId ?? uuidv7() }),
  };
}
