import { type Clock, utf8Length, uuidv7 } from '../../kernel/index.js';
import {
  type EntryResult,
  InvalidMessageError,
  MessageTooLargeError,
  type QueueEntry,
  UnknownQueueError,
} from '../../messaging/index.js';
import type { SqsApi } from '../clients/aws-apis.js';
import type { AwsPublisherOptions } from '../transport/aws-transport.options.js';
import { EntryBatcher } from './entry-batcher.js';
import type { BatcherCloseOptions } from './entry-batcher.options.js';
import { explain, readBatchAnswer, refused } from './entry-results.js';
import type { EntrySender } from './entry-sender.js';
import { judgeAwsError } from './judge-aws-error.js';
import { attributeBytes, faultOfAttributes, faultOfId, faultOfText, toAttributeValues } from './message-rules.js';

/** Of one message, and of all messages of a call. */
const MAX_BYTES = 1_048_576;
const MAX_ATTRIBUTES = 10;
const MAX_DELAY = 900_000;
const FIFO_SUFFIX = '.fifo';
const UNKNOWN_QUEUE = /NonExistentQueue|QueueDoesNotExist/;

export interface SqsEntrySenderOptions {
  readonly api: Pick<SqsApi, 'sendMessageBatch'>;
  /** For messages. */
  readonly queue: string;
  readonly url: string;
  readonly publisher?: AwsPublisherOptions;
  /** Of one message. Default 1 MiB. */
  readonly maxMessageBytes?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** What an entry becomes; the same object is sent again on a retry, with the same deduplication id. */
type PreparedEntry = Omit<NonNullable<Parameters<SqsApi['sendMessageBatch']>[0]['Entries']>[number], 'Id'>;

/** Sends to one queue of SQS by `SendMessageBatch`. What SQS would refuse is refused before it can share a call. */
export class SqsEntrySender implements EntrySender {
  private readonly fifo: boolean;
  private readonly destination: string;
  private readonly batcher: EntryBatcher<PreparedEntry, { messageId: string }>;

  constructor(private readonly options: SqsEntrySenderOptions) {
    const { publisher, clock, random } = options;
    this.fifo = options.url.endsWith(FIFO_SUFFIX);
    this.destination = `Queue "${options.queue}"`;
    this.batcher = new EntryBatcher({
      ...publisher,
      destination: this.destination,
      maxBytes: MAX_BYTES,
      call: (entries, signal) => this.call(entries, signal),
      judge: judgeAwsError,
      clock,
      random,
    });
  }

  async send(entries: readonly QueueEntry[], signal?: AbortSignal): Promise<EntryResult<{ messageId: string }>[]> {
    const [first] = entries;
    const results =
      first && entries.length === 1
        ? [await this.add(first, signal)]
        : await Promise.all(entries.map((entry) => this.add(entry, signal)));
    return explain(this.destination, results, signal);
  }

  flush(): Promise<void> {
    return this.batcher.flush();
  }

  close(options?: BatcherCloseOptions): Promise<void> {
    return this.batcher.close(options);
  }

  private add(entry: QueueEntry, signal: AbortSignal | undefined): Promise<EntryResult<{ messageId: string }>> {
    const { queue, maxMessageBytes = MAX_BYTES } = this.options;
    const fault = this.faultOf(entry);
    if (fault) return Promise.resolve(refused(new InvalidMessageError(queue, fault)));
    const bytes = utf8Length(entry.body) + attributeBytes(entry.attributes ?? {});
    if (bytes > maxMessageBytes) {
      const what = `The message for queue "${queue}"`;
      return Promise.resolve(refused(new MessageTooLargeError(what, bytes, maxMessageBytes)));
    }
    return this.batcher.add(this.prepare(entry), {
      bytes,
      ...(this.fifo && { group: entry.groupId }),
      ...(signal && { signal }),
    });
  }

  private faultOf({ body, attributes = {}, delay = 0, groupId, deduplicationId }: QueueEntry): string | undefined {
    if (!(delay >= 0 && delay <= MAX_DELAY)) {
      return `its delay must be 0 to ${MAX_DELAY} milliseconds, is ${delay}. Schedule it with \`MessageBus.schedule\` for later.`;
    }
    const count = Object.keys(attributes).length;
    if (count > MAX_ATTRIBUTES) return `it has ${count} attributes, at most ${MAX_ATTRIBUTES} are taken.`;
    if (this.fifo && delay) {
      return 'a FIFO queue takes no delay for single messages, because it would break their order.';
    }
    if (this.fifo && groupId === undefined) {
      return 'a FIFO queue needs a groupId, which says what must stay in order.';
    }
    return (
      faultOfText('body', body) ??
      faultOfAttributes(attributes) ??
      (groupId === undefined ? undefined : faultOfId('groupId', groupId)) ??
      (this.fifo && deduplicationId !== undefined ? faultOfId('deduplicationId', deduplicationId) : undefined)
    );
  }

  private prepare({ body, attributes, delay, groupId, deduplicationId, traceHeader }: QueueEntry): PreparedEntry {
    const values = toAttributeValues(attributes);
    return {
      MessageBody: body,
      ...(values && { MessageAttributes: values }),
      ...(traceHeader !== undefined && {
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } },
      }),
      ...(delay && { DelaySeconds: Math.ceil(delay / 1_000) }),
      ...(groupId !== undefined && { MessageGroupId: groupId }),
      ...(this.fifo && { MessageDeduplicationId: deduplicationId ?? uuidv7() }),
    };
  }

  private async call(
    entries: readonly PreparedEntry[],
    abortSignal: AbortSignal,
  ): Promise<EntryResult<{ messageId: string }>[]> {
    const { api, url, queue } = this.options;
    try {
      const Entries = entries.map((entry, index) => ({ ...entry, Id: String(index) }));
      const answer = await api.sendMessageBatch({ QueueUrl: url, Entries }, { abortSignal });
      return readBatchAnswer('queue', queue, entries.length, answer);
    } catch (cause) {
      if (cause instanceof Error && UNKNOWN_QUEUE.test(cause.name)) {
        throw new UnknownQueueError(queue, undefined, { cause });
      }
      throw cause;
    }
  }
}
