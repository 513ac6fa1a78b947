import type {
  EntryResult,
  MessageQueue,
  QueueDepth,
  QueueEntry,
  ReceivedMessage,
  ReceiveOptions,
  VisibilityChange,
} from '../../messaging/index.js';

type Fate = 'waiting' | 'in hand' | 'done' | 'failed';

export interface BatchQueueOptions {
  /** The queue that the messages are from. */
  readonly source: MessageQueue;
  readonly messages: readonly ReceivedMessage[];
  /** Tells the source when a message that failed may be received again. */
  readonly returnTo: ((changes: readonly VisibilityChange[]) => Promise<void>) | undefined;
}

/**
 * Messages that somebody else has received, as a queue that a `QueueConsumer` can receive from. What it deletes is done;
 * what it hands back has failed, and so has everything behind that in its FIFO group.
 */
export class BatchQueue implements MessageQueue {
  readonly name: string;
  readonly fifo: boolean;
  /** Resolves when nothing is left to do. */
  readonly settled: Promise<void>;
  private readonly fates: Map<string, Fate>;
  private readonly changed = new Set<() => void>();
  private onSettled = (): void => undefined;

  constructor(private readonly options: BatchQueueOptions) {
    const { source, messages } = options;
    this.name = source.name;
    this.fifo = source.fifo;
    this.fates = new Map(messages.map(({ receiptHandle }) => [receiptHandle, 'waiting']));
    this.settled = new Promise((resolve) => (this.onSettled = resolve));
    this.notify();
  }

  /** Those that are not done, in the order of the batch. */
  get failures(): readonly ReceivedMessage[] {
    return this.options.messages.filter((message) => this.fateOf(message) !== 'done');
  }

  async receive({ max, wait, signal }: ReceiveOptions): Promise<ReceivedMessage[]> {
    for (;;) {
      if (signal?.aborted) return [];
      const messages = this.take(max);
      if (messages.length > 0 || wait === 0) return messages;
      await this.change(signal);
    }
  }

  async delete(receiptHandles: readonly string[]): Promise<EntryResult[]> {
    for (const receipt of receiptHandles) this.fates.set(receipt, 'done');
    this.notify();
    return receiptHandles.map(() => ({ ok: true, value: undefined }));
  }

  async changeVisibility(changes: readonly VisibilityChange[]): Promise<EntryResult[]> {
    for (const { receiptHandle } of changes) this.fates.set(receiptHandle, 'failed');
    const behind = this.fifo ? this.failThoseBehind() : [];
    this.notify();
    // At once receivable, but for the one that failed: SQS hands out none of a group while that one is hidden.
    const released = behind.map(({ receiptHandle }) => ({ receiptHandle, timeout: 0, unhandled: true }));
    await this.options.returnTo?.([...changes, ...released]);
    return changes.map(() => ({ ok: true, value: undefined }));
  }

  send(entries: readonly QueueEntry[]): Promise<EntryResult<{ messageId: string }>[]> {
    return this.options.source.send(entries);
  }

  depth(): Promise<QueueDepth> {
    return this.options.source.depth();
  }

  private take(max: number): ReceivedMessage[] {
    const locked = this.fifo ? this.groupsWith('in hand') : new Set();
    const free = this.options.messages.filter(
      (message) => this.fateOf(message) === 'waiting' && !locked.has(message.groupId),
    );
    const taken = free.slice(0, max);
    for (const { receiptHandle } of taken) this.fates.set(receiptHandle, 'in hand');
    return taken;
  }

  private failThoseBehind(): ReceivedMessage[] {
    const failed = this.groupsWith('failed');
    const behind = this.options.messages.filter(
      (message) => this.fateOf(message) === 'waiting' && failed.has(message.groupId),
    );
    for (const { receiptHandle } of behind) this.fates.set(receiptHandle, 'failed');
    return behind;
  }

  private groupsWith(fate: Fate): Set<string | undefined> {
    return new Set(
      this.options.messages.filter((message) => this.fateOf(message) === fate).map(({ groupId }) => groupId),
    );
  }

  private fateOf({ receiptHandle }: ReceivedMessage): Fate | undefined {
    return this.fates.get(receiptHandle);
  }

  private notify(): void {
    const open = [...this.fates.values()].some((fate) => fate === 'waiting' || fate === 'in hand');
    if (!open) this.onSettled();
    for (const wake of this.changed) wake();
  }

  private change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve) => {
      const wake = () => {
        this.changed.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.changed.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}
