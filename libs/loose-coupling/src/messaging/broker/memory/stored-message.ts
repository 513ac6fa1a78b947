import type { ReceivedMessage } from '../../core/message-queue.js';
import type { NewMessage } from '../broker-storage.js';
import { formatReceipt } from '../receipt.js';
import type { HeapItem } from './indexed-heap.js';

/** A message in a queue in memory. */
export class StoredMessage implements HeapItem {
  heapIndex = -1;
  visibleAt: number;
  receivedAt = 0;
  handOuts = 0;
  /** Those that do not count as receives. */
  unhandled = 0;
  /** Neighbours in the group, on FIFO queues. */
  previous: StoredMessage | undefined;
  next: StoredMessage | undefined;

  constructor(
    readonly sequence: number,
    readonly message: NewMessage,
  ) {
    this.visibleAt = message.visibleAt;
  }

  get receiveCount(): number {
    return this.handOuts - this.unhandled;
  }

  handOut(now: number, visibleAt: number): ReceivedMessage {
    this.receivedAt = now;
    this.visibleAt = visibleAt;
    this.handOuts += 1;
    const { messageId, body, attributes, sentAt, groupId, deduplicationId } = this.message;
    const { sequence, handOuts, unhandled, receiveCount } = this;
    const receiptHandle = formatReceipt({ sequence, messageId, handOuts, unhandled });
    const received = { messageId, receiptHandle, body, attributes, receiveCount, sentAt };
    return groupId === undefined
      ? received
      : { ...received, groupId, ...(deduplicationId !== undefined && { deduplicationId }) };
  }
}

/** The order in which messages are handed out. */
export const isDueBefore = (left: StoredMessage, right: StoredMessage): boolean =>
  left.visibleAt < right.visibleAt || (left.visibleAt === right.visibleAt && left.sequence < right.sequence);
