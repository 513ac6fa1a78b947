import type { SqliteDatabase } from '../../../sqlite/index.js';
import { MAX_VISIBILITY } from '../broker-limits.js';
import type {
  NewMessage,
  StorageReceive,
  StorageReceived,
  StorageVisibilityChange,
  VisibilityOutcome,
} from '../broker-storage.js';
import type { Receipt } from '../receipt.js';
import type { QueueRecord } from '../topology/topology-document.js';
import { type MessageRow, toReceivedMessage } from './message-row.js';

/** The rows of `lc_message`, whichever the kind of their queue. Group ids in results are null on standard queues. */
export class MessageTable {
  private readonly insertOne;
  private readonly markReceived;
  private readonly move;
  private readonly remove;
  private readonly removeReceived;
  private readonly findReceived;
  private readonly setVisibleAt;
  private readonly setUnhandled;
  private readonly removeAll;

  constructor(database: SqliteDatabase) {
    this.insertOne = database.prepare(
      `INSERT INTO lc_message (queue_id, visible_at, expires_at, receive_count, received_at, sent_at, message_id, group_id,
         deduplication_id, attributes, body)
       VALUES (?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?)`,
    );
    this.markReceived = database.prepare(
      `UPDATE lc_message SET visible_at = ?, received_at = ?, receive_count = receive_count + 1
       WHERE sequence IN (SELECT value FROM json_each(?))`,
    );
    this.move = database.prepare(
      `INSERT INTO lc_message (queue_id, visible_at, expires_at, receive_count, received_at, sent_at, message_id, group_id,
         deduplication_id, attributes, body)
       SELECT ?, ?, ?, 0, 0, sent_at, message_id, group_id, deduplication_id, attributes, body
       FROM lc_message WHERE sequence = ?`,
    );
    this.remove = database.prepare('DELETE FROM lc_message WHERE sequence = ?');
    this.removeReceived = database.prepare<{ group_id: string | null }>(
      `DELETE FROM lc_message WHERE sequence = ? AND queue_id = ? AND receive_count = ? AND message_id = ?
       RETURNING group_id`,
    );
    this.findReceived = database.prepare<{ visible_at: number; received_at: number; group_id: string | null }>(
      `SELECT visible_at, received_at, group_id FROM lc_message
       WHERE sequence = ? AND queue_id = ? AND receive_count = ? AND message_id = ?`,
    );
    this.setVisibleAt = database.prepare('UPDATE lc_message SET visible_at = ? WHERE sequence = ?');
    this.setUnhandled = database.prepare('UPDATE lc_message SET unhandled_count = ? WHERE sequence = ?');
    this.removeAll = database.prepare('DELETE FROM lc_message WHERE queue_id = ?');
  }

  /** @returns its sequence */
  insert({ id }: QueueRecord, message: NewMessage): number {
    const { visibleAt, expiresAt, sentAt, messageId, groupId = null, deduplicationId = null, body } = message;
    const attributes = hasEntries(message.attributes) ? JSON.stringify(message.attributes) : null;
    return this.insertOne.run(id, visibleAt, expiresAt, sentAt, messageId, groupId, deduplicationId, attributes, body)
      .lastInsertRowid;
  }

  /**
   * Hands out rows that were read before; those that expired or were received too often leave the queue instead.
   * @param moved called with the new place of each that went to the dead-letter queue
   */
  handOut(
    rows: readonly MessageRow[],
    { queue, now, visibleAt, deadLetter }: StorageReceive,
    moved?: (groupId: string, sequence: number) => void,
  ): StorageReceived {
    const survivors: MessageRow[] = [];
    let movedCount = 0;
    for (const row of rows) {
      if (row.expires_at > now && !(deadLetter && row.receive_count - row.unhandled_count >= queue.maxReceiveCount)) {
        survivors.push(row);
        continue;
      }
      if (row.expires_at > now && deadLetter) {
        const { lastInsertRowid } = this.move.run(deadLetter.queue.id, now, deadLetter.expiresAt, row.sequence);
        if (row.group_id !== null) moved?.(row.group_id, lastInsertRowid);
        movedCount += 1;
      }
      this.remove.run(row.sequence);
    }
    if (survivors.length > 0) {
      this.markReceived.run(visibleAt, now, JSON.stringify(survivors.map((row) => row.sequence)));
    }
    const messages = survivors.map((row) => toReceivedMessage({ ...row, receive_count: row.receive_count + 1 }));
    return { messages, moved: movedCount };
  }

  /** Undefined when the receipt is not the latest of any message. */
  delete({ id }: QueueRecord, { sequence, handOuts, messageId }: Receipt): { group_id: string | null } | undefined {
    return this.removeReceived.get(sequence, id, handOuts, messageId);
  }

  changeVisibility(
    { id }: QueueRecord,
    { sequence, handOuts, unhandled: unhandledBefore, messageId }: Receipt,
    { now, visibleAt, unhandled }: StorageVisibilityChange,
  ): { readonly outcome: VisibilityOutcome; readonly group_id: string | null } {
    const row = this.findReceived.get(sequence, id, handOuts, messageId);
    if (!row || row.visible_at <= now) return { outcome: 'expired', group_id: null };
    if (visibleAt > row.received_at + MAX_VISIBILITY) return { outcome: 'tooLong', group_id: null };
    this.setVisibleAt.run(visibleAt, sequence);
    if (unhandled) this.setUnhandled.run(unhandledBefore + 1, sequence);
    return { outcome: 'changed', group_id: row.group_id };
  }

  purge({ id }: QueueRecord): void {
    this.removeAll.run(id);
  }
}

function hasEntries(attributes: object): boolean {
  for (const _ in attributes) return true;
  return false;
}
