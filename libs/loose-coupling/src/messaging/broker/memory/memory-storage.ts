import type { QueueDepth } from '../../core/message-queue.js';
import type {
  BrokerStorage,
  NewMessage,
  StorageReceive,
  StorageReceived,
  StorageVisibilityChange,
  VisibilityOutcome,
} from '../broker-storage.js';
import type { Receipt } from '../receipt.js';
import { EMPTY_TOPOLOGY, type QueueRecord, type TopologyDocument } from '../topology/topology-document.js';
import { DeduplicationWindow } from './deduplication-window.js';
import { FifoMemoryQueue } from './fifo-memory-queue.js';
import type { MemoryQueue } from './memory-queue.js';
import { StandardMemoryQueue } from './standard-memory-queue.js';
import { StoredMessage } from './stored-message.js';

/** Messages of one process, gone when it ends. */
export class MemoryStorage implements BrokerStorage {
  readonly commitsAreDear = false;
  private readonly queues = new Map<number, MemoryQueue>();
  private readonly deduplication = new Map<number, DeduplicationWindow>();
  private topology: TopologyDocument = EMPTY_TOPOLOGY;
  private version = 0;
  private sequence = 0;

  /** Nothing to undo: all checks come before the first write, and writes do not fail. */
  transaction<Result>(work: () => Result): Result {
    return work();
  }

  topologyVersion(): number {
    return this.version;
  }

  loadTopology(): TopologyDocument {
    return this.topology;
  }

  saveTopology(topology: TopologyDocument): void {
    this.topology = topology;
    this.version += 1;
  }

  insert(queue: QueueRecord, message: NewMessage): string {
    const { deduplicationId, messageId, sentAt } = message;
    if (deduplicationId !== undefined) {
      const first = this.windowOf(queue).claim(deduplicationId, messageId, sentAt);
      if (first !== messageId) return first;
    }
    this.put(queue, message);
    return messageId;
  }

  receive({ queue, max, now, visibleAt, deadLetter }: StorageReceive): StorageReceived {
    let moved = 0;
    const giveUp = (stored: StoredMessage): boolean => {
      if (!deadLetter || stored.receiveCount < queue.maxReceiveCount) return false;
      this.put(deadLetter.queue, { ...stored.message, visibleAt: now, expiresAt: deadLetter.expiresAt });
      moved += 1;
      return true;
    };
    return { messages: this.queueOf(queue).receive({ max, now, visibleAt, giveUp }), moved };
  }

  delete(queue: QueueRecord, receipt: Receipt): boolean {
    return this.queueOf(queue).delete(receipt);
  }

  changeVisibility(queue: QueueRecord, receipt: Receipt, change: StorageVisibilityChange): VisibilityOutcome {
    return this.queueOf(queue).changeVisibility(receipt, change);
  }

  depth(queue: QueueRecord, now: number): QueueDepth {
    return this.queueOf(queue).depth(now);
  }

  nextDue(queue: QueueRecord): number | undefined {
    return this.queueOf(queue).nextDue();
  }

  purge(queue: QueueRecord): void {
    this.queues.delete(queue.id);
  }

  drop(queue: QueueRecord): void {
    this.queues.delete(queue.id);
    this.deduplication.delete(queue.id);
  }

  ring(): void {
    // Nobody else can receive from this memory.
  }

  listen(): () => void {
    return () => undefined;
  }

  close(): void {
    this.queues.clear();
    this.deduplication.clear();
  }

  private put(queue: QueueRecord, message: NewMessage): void {
    this.sequence += 1;
    this.queueOf(queue).add(new StoredMessage(this.sequence, message));
  }

  private queueOf({ id, fifo }: QueueRecord): MemoryQueue {
    let queue = this.queues.get(id);
    if (!queue) this.queues.set(id, (queue = fifo ? new FifoMemoryQueue() : new StandardMemoryQueue()));
    return queue;
  }

  private windowOf({ id }: QueueRecord): DeduplicationWindow {
    let window = this.deduplication.get(id);
    if (!window) this.deduplication.set(id, (window = new DeduplicationWindow()));
    return window;
  }
}
