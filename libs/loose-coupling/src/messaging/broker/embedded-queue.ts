import { InvalidOptionsError } from '../../kernel/index.js';
import type {
  EntryResult,
  MessageQueue,
  QueueDepth,
  QueueEntry,
  ReceivedMessage,
  ReceiveOptions,
  VisibilityChange,
} from '../core/message-queue.js';
import { ReceiptExpiredError } from '../errors/receipt-expired.error.js';
import type { BrokerEngine } from './broker-engine.js';
import { FIFO_SUFFIX, MAX_VISIBILITY } from './broker-limits.js';
import { checkReceiveOptions } from './check-receive-options.js';
import { accepted, refused, refusedBy, settleEntries } from './entry-results.js';
import { parseReceipt } from './receipt.js';
import type { BrokerTopology } from './topology/broker-topology.js';
import type { QueueRecord } from './topology/topology-document.js';

/** A queue of the embedded broker. */
export class EmbeddedQueue implements MessageQueue {
  readonly fifo: boolean;

  constructor(
    readonly name: string,
    private readonly engine: BrokerEngine,
  ) {
    this.fifo = name.endsWith(FIFO_SUFFIX);
  }

  send(entries: readonly QueueEntry[]): Promise<EntryResult<{ messageId: string }>[]> {
    return settleEntries(entries.length, () =>
      this.engine.write((topology) => {
        const queue = topology.queue(this.name);
        return entries.map((entry) => this.sendOne(topology, queue, entry));
      }),
    );
  }

  async receive(options: ReceiveOptions): Promise<ReceivedMessage[]> {
    checkReceiveOptions(this.name, options);
    return this.engine.receive(this.name, options);
  }

  delete(receiptHandles: readonly string[]): Promise<EntryResult[]> {
    return this.engine.write((topology) => {
      const queue = topology.queue(this.name);
      if (queue.fifo) this.engine.wake(queue);
      return receiptHandles.map((handle) => {
        const receipt = parseReceipt(handle);
        const deleted = receipt !== undefined && this.engine.storage.delete(queue, receipt);
        return deleted ? accepted(undefined) : refused(new ReceiptExpiredError(handle), true);
      });
    });
  }

  changeVisibility(changes: readonly VisibilityChange[]): Promise<EntryResult[]> {
    return this.engine.write((topology) => {
      const queue = topology.queue(this.name);
      this.engine.wake(queue);
      return changes.map((change) => this.changeOne(queue, change));
    });
  }

  depth(): Promise<QueueDepth> {
    return this.engine.read((topology) =>
      this.engine.storage.depth(topology.queue(this.name), this.engine.clock.now()),
    );
  }

  private sendOne(topology: BrokerTopology, queue: QueueRecord, entry: QueueEntry): EntryResult<{ messageId: string }> {
    let message;
    try {
      message = this.engine.prepare(topology, queue, entry);
    } catch (error) {
      return refusedBy(error);
    }
    return accepted({ messageId: this.engine.insert(queue, message) });
  }

  private changeOne(queue: QueueRecord, { receiptHandle, timeout, unhandled = false }: VisibilityChange): EntryResult {
    if (!(timeout >= 0 && timeout <= MAX_VISIBILITY)) return refused(badVisibility(this.name, timeout), true);
    const receipt = parseReceipt(receiptHandle);
    const now = this.engine.clock.now();
    const outcome = receipt
      ? this.engine.storage.changeVisibility(queue, receipt, { now, visibleAt: now + Math.ceil(timeout), unhandled })
      : 'expired';
    if (outcome === 'changed') return accepted(undefined);
    return refused(
      outcome === 'expired' ? new ReceiptExpiredError(receiptHandle) : badVisibility(this.name, timeout),
      true,
    );
  }
}

const badVisibility = (queue: string, timeout: number): InvalidOptionsError =>
  new InvalidOptionsError(`Visibility change on queue "${queue}"`, [
    `timeout: expected 0 to ${MAX_VISIBILITY} ms (12 hours), counted from when the message was received, got ${timeout}`,
  ]);
