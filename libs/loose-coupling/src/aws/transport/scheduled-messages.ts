import { type Clock, isLooseCouplingError, parseUntrustedJson, uuidv7 } from '../../kernel/index.js';
import {
  commandQueueTopology,
  type EntryResult,
  type MessageQueue,
  QueueConsumer,
  type QueueEntry,
  type ReceivedMessage,
  type Topology,
} from '../../messaging/index.js';

/** As long as SQS delays a message. */
export const MAX_DELAY = 900_000;

/** What waits for its time, and where it goes then. */
interface Scheduled {
  /** Epoch milliseconds. */
  readonly dueAt: number;
  /** One of the two. */
  readonly topic?: { readonly name: string; readonly fifo: boolean };
  readonly queue?: string;
  readonly entry: QueueEntry;
}

export interface ScheduledMessagesOptions {
  /** Name of the service: its instances share one queue for what waits. */
  readonly service: string;
  readonly clock: Clock;
  readonly queue: (name: string) => MessageQueue;
  readonly provision: (topology: Topology) => Promise<void>;
  /** Publishes the text of an event. */
  readonly publish: (
    topic: { readonly name: string; readonly fifo: boolean },
    entry: QueueEntry,
  ) => Promise<EntryResult>;
}

/**
 * Messages for later than SQS can delay them, and for what cannot delay: topics, buses and FIFO queues. They wait in a queue of the
 * service, delayed by at most 15 minutes at a time, and are sent on when they are due. Each hop sends before it deletes, so a crash
 * may send a message twice, with the same id, and never loses it.
 */
export class ScheduledMessages {
  private consumer: QueueConsumer | undefined;
  private opening: Promise<MessageQueue> | undefined;

  constructor(private readonly options: ScheduledMessagesOptions) {}

  get queueName(): string {
    return `${this.options.service}-scheduled`;
  }

  /** Goes on with what an earlier run has left. Nothing happens where nothing was ever scheduled. */
  async resume(): Promise<void> {
    const queue = this.options.queue(this.queueName);
    try {
      await queue.depth();
    } catch (error) {
      if (isLooseCouplingError(error, 'LC_UNKNOWN_QUEUE')) return;
      throw error;
    }
    this.consume(queue);
  }

  async toTopic(topic: { name: string; fifo: boolean }, entry: QueueEntry, delay: number): Promise<EntryResult> {
    const [result] = await this.put({ dueAt: this.options.clock.now() + delay, topic, entry });
    if (!result || result.ok) return { ok: true, value: undefined };
    return result;
  }

  async toQueue(queue: string, { delay = 0, ...entry }: QueueEntry): Promise<EntryResult<{ messageId: string }>> {
    const dueAt = this.options.clock.now() + delay;
    const [result] = await this.put({ dueAt, queue, entry: withDeduplication(queue, entry) });
    return result ?? { ok: false, error: new Error('No result for a scheduled message'), permanent: false };
  }

  async close(): Promise<void> {
    await this.consumer?.stop();
  }

  private async put(scheduled: Scheduled): Promise<EntryResult<{ messageId: string }>[]> {
    const queue = await this.open();
    this.consume(queue);
    const delay = Math.min(MAX_DELAY, Math.max(0, scheduled.dueAt - this.options.clock.now()));
    return queue.send([{ body: JSON.stringify(scheduled), delay }]);
  }

  private open(): Promise<MessageQueue> {
    if (!this.opening) {
      this.opening = this.options
        .provision(commandQueueTopology(this.queueName, false))
        .then(() => this.options.queue(this.queueName));
      this.opening.catch(() => (this.opening = undefined));
    }
    return this.opening;
  }

  private consume(queue: MessageQueue): void {
    if (this.consumer) return;
    const { clock } = this.options;
    this.consumer = new QueueConsumer({
      queue,
      deadLetterQueue: this.options.queue(`${this.queueName}-dlq`),
      handle: async (message) => this.forward(message),
      clock,
      onError: () => undefined,
    });
    this.consumer.start();
  }

  private async forward(message: ReceivedMessage) {
    let scheduled: Scheduled;
    try {
      scheduled = read(message.body);
    } catch (error) {
      return { action: 'deadLetter', error } as const;
    }
    const result = await this.send(scheduled);
    if (result.ok) return { action: 'acknowledge' } as const;
    if (result.permanent) return { action: 'deadLetter', error: result.error } as const;
    return {
      action: 'retry',
      delay: Math.min(60_000, 1_000 * 2 ** message.receiveCount),
      error: result.error,
    } as const;
  }

  private async send(scheduled: Scheduled): Promise<EntryResult<unknown>> {
    const { dueAt, topic, queue, entry } = scheduled;
    const results =
      dueAt > this.options.clock.now()
        ? await this.put(scheduled)
        : topic
          ? [await this.options.publish(topic, entry)]
          : await this.options.queue(queue ?? '').send([entry]);
    return results[0] ?? { ok: false, error: new Error('No result for a scheduled message'), permanent: false };
  }
}

/** Once for all hops and attempts: a new id for each would let a repeated send through. */
const withDeduplication = (queue: string, entry: QueueEntry): QueueEntry =>
  queue.endsWith('.fifo') && entry.deduplicationId === undefined ? { ...entry, deduplicationId: uuidv7() } : entry;

function read(body: string): Scheduled {
  const value = parseUntrustedJson(body) as Partial<Scheduled> | null;
  const isEntry = typeof value?.entry?.body === 'string';
  const hasTarget = typeof value?.queue === 'string' || typeof value?.topic?.name === 'string';
  if (typeof value?.dueAt !== 'number' || !isEntry || !hasTarget) {
    throw new TypeError('It is no scheduled message: expected dueAt, entry, and a queue or a topic');
  }
  return value as Scheduled;
}
