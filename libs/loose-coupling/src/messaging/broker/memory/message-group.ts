import type { HeapItem } from './indexed-heap.js';
import type { StoredMessage } from './stored-message.js';

/** The messages of one group, in order. Nothing of it is handed out while one of its messages is hidden. */
export class MessageGroup implements HeapItem {
  heapIndex = -1;
  /** When its next message can be handed out, and the sequence of that message. */
  availableAt = 0;
  firstSequence = 0;
  /** The oldest message; the others follow as its `next`. */
  first: StoredMessage | undefined;
  private last: StoredMessage | undefined;
  /** Those that have been handed out before. */
  readonly handedOut = new Set<StoredMessage>();

  constructor(readonly id: string) {}

  add(stored: StoredMessage): void {
    stored.previous = this.last;
    if (this.last) this.last.next = stored;
    else this.first = stored;
    this.last = stored;
  }

  remove(stored: StoredMessage): void {
    const { previous, next } = stored;
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.last = previous;
    this.handedOut.delete(stored);
  }

  /** Works out its rank again. */
  refresh(): void {
    const { first } = this;
    if (!first) return;
    this.firstSequence = first.sequence;
    this.availableAt = first.visibleAt;
    for (const { visibleAt } of this.handedOut) this.availableAt = Math.max(this.availableAt, visibleAt);
  }
}

export const isGroupBefore = (left: MessageGroup, right: MessageGroup): boolean =>
  left.availableAt < right.availableAt ||
  (left.availableAt === right.availableAt && left.firstSequence < right.firstSequence);
