import type { Clock, Timer } from '../../../kernel/index.js';
import type {
  EntryResult,
  MessageQueue,
  QueueDepth,
  QueueEntry,
  ReceivedMessage,
  ReceiveOptions,
  VisibilityChange,
} from '../../core/message-queue.js';
import { ReceiptExpiredError } from '../../errors/receipt-expired.error.js';

export type Operation = 'send' | 'receive' | 'delete' | 'changeVisibility';

/** Points at which a test can slow a call down, fail it, or lose its answer. */
export interface QueueHooks {
  /** A rejection means that the call had no effect. */
  before?(operation: Operation, detail: unknown): Promise<void> | void;
  /** Whether a received message stays visible, so that it is delivered twice. */
  duplicates?(message: StoredMessage): boolean;
  /** Told of each message that is about to be deleted. */
  deleting?(message: StoredMessage): void;
  /** Refuses one entry. */
  entry?(operation: Operation, subject: string): { error: Error; permanent: boolean } | undefined;
  /** A rejection means that the call took effect and its answer was lost. */
  after?(operation: Operation, detail: unknown, result: unknown): Promise<void> | void;
}

export interface StoredMessage extends QueueEntry {
  readonly messageId: string;
  readonly sentAt: number;
  visibleAt: number;
  receiveCount: number;
  /** Unlike `receiveCount` never taken back, so that no two receipts are the same. */
  handedOut: number;
  receipt: string | undefined;
}

interface Waiter {
  wake(): void;
}

/** A small queue with the semantics of SQS, for tests of the consumer: it logs its calls and fails on demand. */
export class InMemoryQueue implements MessageQueue {
  readonly calls: { readonly operation: Operation; readonly at: number; readonly detail: unknown }[] = [];
  readonly messages: StoredMessage[] = [];
  hooks: QueueHooks = {};
  receivesUnderWay = 0;
  waitingReceives = 0;
  private readonly waiters = new Set<Waiter>();
  private created = 0;

  constructor(
    readonly name: string,
    readonly fifo: boolean,
    private readonly clock: Clock,
  ) {}

  callsOf(operation: Operation): unknown[] {
    return this.calls.filter((call) => call.operation === operation).map((call) => call.detail);
  }

  /** Puts messages in without a call being logged. */
  put(...bodies: (string | QueueEntry)[]): string[] {
    const ids = bodies.map((body) => this.store(typeof body === 'string' ? { body } : body));
    this.wakeWaiters();
    return ids;
  }

  find(body: string): StoredMessage | undefined {
    return this.messages.find((message) => message.body === body);
  }

  send(entries: readonly QueueEntry[]): Promise<EntryResult<{ messageId: string }>[]> {
    return this.call('send', entries, () => {
      const results = entries.map((entry): EntryResult<{ messageId: string }> => {
        const refused = this.hooks.entry?.('send', entry.body);
        return refused ? { ok: false, ...refused } : { ok: true, value: { messageId: this.store(entry) } };
      });
      this.wakeWaiters();
      return results;
    });
  }

  async receive(options: ReceiveOptions): Promise<ReceivedMessage[]> {
    const { signal, ...detail } = options;
    this.receivesUnderWay += 1;
    try {
      return await this.call('receive', detail, async () => {
        const deadline = this.clock.monotonic() + options.wait;
        for (;;) {
          if (signal?.aborted) return [];
          const taken = this.take(options);
          const left = deadline - this.clock.monotonic();
          if (taken.length > 0 || left <= 0) return taken;
          await this.changeOrTimeout(left, signal);
        }
      });
    } finally {
      this.receivesUnderWay -= 1;
    }
  }

  delete(receiptHandles: readonly string[]): Promise<EntryResult[]> {
    return this.call('delete', receiptHandles, () => {
      const results = receiptHandles.map((handle) =>
        this.withReceipt('delete', handle, (message) => {
          this.hooks.deleting?.(message);
          this.messages.splice(this.messages.indexOf(message), 1);
        }),
      );
      this.wakeWaiters();
      return results;
    });
  }

  changeVisibility(changes: readonly VisibilityChange[]): Promise<EntryResult[]> {
    return this.call('changeVisibility', changes, () => {
      const results = changes.map(({ receiptHandle, timeout, unhandled }) =>
        this.withReceipt('changeVisibility', receiptHandle, (message) => {
          message.visibleAt = this.clock.monotonic() + timeout;
          if (timeout === 0) message.receipt = undefined;
          if (unhandled) message.receiveCount -= 1;
        }),
      );
      this.wakeWaiters();
      return results;
    });
  }

  depth(): Promise<QueueDepth> {
    const inFlight = this.messages.filter((message) => this.isInFlight(message)).length;
    return Promise.resolve({ available: this.messages.length - inFlight, inFlight, delayed: 0 });
  }

  /** As if another consumer had received it after its visibility ran out. */
  expireReceipt(body: string): void {
    const message = this.find(body);
    if (message) Object.assign(message, { receipt: undefined, visibleAt: this.clock.monotonic() + 1_000_000 });
  }

  isInFlight(message: StoredMessage): boolean {
    return message.visibleAt > this.clock.monotonic();
  }

  private store(entry: QueueEntry): string {
    this.created += 1;
    const messageId = `${this.name}-${this.created}`;
    const now = this.clock.monotonic();
    const visibleAt = now + (entry.delay ?? 0);
    this.messages.push({
      ...entry,
      messageId,
      sentAt: this.clock.now(),
      visibleAt,
      receiveCount: 0,
      handedOut: 0,
      receipt: undefined,
    });
    return messageId;
  }

  private take(options: ReceiveOptions): ReceivedMessage[] {
    const now = this.clock.monotonic();
    const lockedGroups = new Set<string>();
    for (const message of this.messages) {
      if (this.fifo && message.groupId !== undefined && this.isInFlight(message)) lockedGroups.add(message.groupId);
    }
    const taken: ReceivedMessage[] = [];
    for (const message of this.messages) {
      if (taken.length === options.max) break;
      if (this.isInFlight(message) || (message.groupId !== undefined && lockedGroups.has(message.groupId))) continue;
      message.receiveCount += 1;
      message.handedOut += 1;
      message.receipt = `${message.messageId}#${message.handedOut}`;
      message.visibleAt = this.hooks.duplicates?.(message) ? now : now + (options.visibilityTimeout ?? 30_000);
      const { messageId, receipt: receiptHandle, body, attributes = {}, receiveCount, sentAt } = message;
      const { groupId, deduplicationId } = message;
      taken.push({ messageId, receiptHandle, body, attributes, receiveCount, sentAt, groupId, deduplicationId });
    }
    return taken;
  }

  private withReceipt(operation: Operation, handle: string, apply: (message: StoredMessage) => void): EntryResult {
    const refused = this.hooks.entry?.(operation, handle);
    if (refused) return { ok: false, ...refused };
    const message = this.messages.find((candidate) => candidate.receipt === handle);
    if (!message || !this.isInFlight(message)) {
      return { ok: false, error: new ReceiptExpiredError(handle), permanent: true };
    }
    apply(message);
    return { ok: true, value: undefined };
  }

  private async call<T>(operation: Operation, detail: unknown, apply: () => T | Promise<T>): Promise<T> {
    this.calls.push({ operation, at: this.clock.monotonic(), detail });
    await this.hooks.before?.(operation, detail);
    const result = await apply();
    await this.hooks.after?.(operation, detail, result);
    return result;
  }

  private wakeWaiters(): void {
    for (const waiter of this.waiters) waiter.wake();
  }

  private async changeOrTimeout(timeout: number, signal: AbortSignal | undefined): Promise<void> {
    const now = this.clock.monotonic();
    const hidden = this.messages
      .filter((message) => this.isInFlight(message))
      .map((message) => message.visibleAt - now);
    this.waitingReceives += 1;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        timer.cancel();
        this.waiters.delete(waiter);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer: Timer = this.clock.setTimer(end, Math.min(timeout, ...hidden));
      const waiter: Waiter = { wake: end };
      this.waiters.add(waiter);
      signal?.addEventListener('abort', end, { once: true });
    });
    this.waitingReceives -= 1;
  }
}
