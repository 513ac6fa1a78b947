import type { SqliteDatabase } from '../../../sqlite/index.js';
import type { StorageReceive, StorageReceived } from '../broker-storage.js';
import type { QueueRecord } from '../topology/topology-document.js';
import type { GroupTable } from './group-table.js';
import { MESSAGE_COLUMNS, type MessageRow } from './message-row.js';
import type { MessageTable } from './message-table.js';

/** Finds the messages that are due, on queues of both kinds. */
export class SqliteReceiver {
  private readonly due;
  private readonly dueInGroup;
  private readonly next;

  constructor(
    database: SqliteDatabase,
    private readonly messages: MessageTable,
    private readonly groups: GroupTable,
  ) {
    this.due = database.prepare<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM lc_message WHERE queue_id = ? AND group_id IS NULL AND visible_at <= ?
       ORDER BY visible_at, sequence LIMIT ?`,
    );
    this.dueInGroup = database.prepare<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM lc_message WHERE queue_id = ? AND group_id = ? AND sequence > ?
       ORDER BY sequence LIMIT ?`,
    );
    this.next = database.prepare<{ visible_at: number }>(
      `SELECT visible_at FROM lc_message WHERE queue_id = ? AND group_id IS NULL ORDER BY visible_at, sequence LIMIT 1`,
    );
  }

  nextDue(queue: QueueRecord): number | undefined {
    return queue.fifo ? this.groups.nextDue(queue) : this.next.get(queue.id)?.visible_at;
  }

  receive(request: StorageReceive): StorageReceived {
    const { queue, now, max } = request;
    return queue.fifo ? this.receiveGroups(request) : this.messages.handOut(this.due.all(queue.id, now, max), request);
  }

  private receiveGroups(request: StorageReceive): StorageReceived {
    const { queue, now, max } = request;
    const total: StorageReceived[] = [];
    let wanted = max;
    for (const groupId of this.groups.available(queue, now, max)) {
      if (wanted === 0) break;
      const received = this.receiveGroup(request, groupId, wanted);
      wanted -= received.messages.length;
      total.push(received);
      this.groups.refresh(queue, groupId);
    }
    return {
      messages: total.flatMap((received) => received.messages),
      moved: total.reduce((sum, received) => sum + received.moved, 0),
    };
  }

  private receiveGroup(request: StorageReceive, groupId: string, max: number): StorageReceived {
    const { queue, now, deadLetter } = request;
    const messages: StorageReceived['messages'] = [];
    let moved = 0;
    let after = -1;
    for (;;) {
      const rows = this.dueInGroup.all(queue.id, groupId, after, max - messages.length);
      const received = this.messages.handOut(rows, request, (movedGroupId, sequence) => {
        if (deadLetter) this.groups.added(deadLetter.queue, movedGroupId, now, sequence);
      });
      messages.push(...received.messages);
      moved += received.moved;
      const last = rows.at(-1);
      // Those that left the queue make room for later ones.
      if (!last || messages.length === max) return { messages, moved };
      after = last.sequence;
    }
  }
}
