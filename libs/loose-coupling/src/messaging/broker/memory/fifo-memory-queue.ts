import type { ReceivedMessage } from '../../core/message-queue.js';
import { IndexedHeap } from './indexed-heap.js';
import { MemoryQueue, type MemoryReceive } from './memory-queue.js';
import { isGroupBefore, MessageGroup } from './message-group.js';
import type { StoredMessage } from './stored-message.js';

/** Groups in one heap by the time they can be received from, so that a blocked group is never looked at. */
export class FifoMemoryQueue extends MemoryQueue {
  private readonly groups = new Map<string, MessageGroup>();
  private readonly due = new IndexedHeap<MessageGroup>(isGroupBefore);

  override receive(request: MemoryReceive): ReceivedMessage[] {
    const { max, now } = request;
    const taken: StoredMessage[] = [];
    const opened: MessageGroup[] = [];
    while (taken.length < max && opened.length < max) {
      const group = this.due.top;
      if (!group || group.availableAt > now) break;
      this.due.remove(group);
      opened.push(group);
      this.takeFrom(group, request, taken);
    }
    const received = taken.map((stored) => stored.handOut(now, request.visibleAt));
    for (const group of opened) this.returnToHeap(group);
    return received;
  }

  override nextDue(): number | undefined {
    return this.due.top?.availableAt;
  }

  protected override added(stored: StoredMessage): void {
    const id = groupOf(stored);
    let group = this.groups.get(id);
    if (group) {
      group.add(stored);
      return;
    }
    group = new MessageGroup(id);
    this.groups.set(id, group);
    group.add(stored);
    group.refresh();
    this.due.add(group);
  }

  protected override removed(stored: StoredMessage): void {
    const group = this.groups.get(groupOf(stored)) as MessageGroup;
    group.remove(stored);
    this.due.remove(group);
    this.returnToHeap(group);
  }

  protected override visibilityChanged(stored: StoredMessage): void {
    const group = this.groups.get(groupOf(stored)) as MessageGroup;
    group.refresh();
    this.due.update(group);
  }

  private takeFrom(group: MessageGroup, request: MemoryReceive, taken: StoredMessage[]): void {
    for (let stored = group.first; stored && taken.length < request.max; stored = stored.next) {
      if (this.survives(stored, request)) {
        group.handedOut.add(stored);
        taken.push(stored);
      } else group.remove(stored);
    }
  }

  private returnToHeap(group: MessageGroup): void {
    if (!group.first) {
      this.groups.delete(group.id);
      return;
    }
    group.refresh();
    this.due.add(group);
  }
}

const groupOf = ({ message }: StoredMessage): string => message.groupId ?? '';
