import type { ReceivedMessage } from '../../core/message-queue.js';
import { IndexedHeap } from './indexed-heap.js';
import { MemoryQueue, type MemoryReceive } from './memory-queue.js';
import { isDueBefore, type StoredMessage } from './stored-message.js';

/** All messages in one heap by the time they become visible, also those in flight. */
export class StandardMemoryQueue extends MemoryQueue {
  private readonly due = new IndexedHeap<StoredMessage>(isDueBefore);

  override receive(request: MemoryReceive): ReceivedMessage[] {
    const { max, now, visibleAt } = request;
    const taken: StoredMessage[] = [];
    for (let count = 0; count < max; count += 1) {
      const stored = this.due.top;
      if (!stored || stored.visibleAt > now) break;
      this.due.remove(stored);
      if (this.survives(stored, request)) taken.push(stored);
    }
    return taken.map((stored) => {
      const received = stored.handOut(now, visibleAt);
      this.due.add(stored);
      return received;
    });
  }

  override nextDue(): number | undefined {
    return this.due.top?.visibleAt;
  }

  protected override added(stored: StoredMessage): void {
    this.due.add(stored);
  }

  protected override removed(stored: StoredMessage): void {
    this.due.remove(stored);
  }

  protected override visibilityChanged(stored: StoredMessage): void {
    this.due.update(stored);
  }
}
