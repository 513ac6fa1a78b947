import type { SqliteDatabase } from '../../../sqlite/index.js';
import { DEDUPLICATION_WINDOW } from '../broker-limits.js';
import type { QueueRecord } from '../topology/topology-document.js';

/** Remembers the deduplication ids of FIFO queues for five minutes. */
export class DeduplicationTable {
  private readonly forget;
  private readonly find;
  private readonly add;
  private readonly removeAll;

  constructor(database: SqliteDatabase) {
    this.forget = database.prepare('DELETE FROM lc_deduplication WHERE expires_at <= ?');
    this.find = database.prepare<{ message_id: string }>(
      'SELECT message_id FROM lc_deduplication WHERE queue_id = ? AND deduplication_id = ?',
    );
    this.add = database.prepare('INSERT INTO lc_deduplication VALUES (?, ?, ?, ?)');
    this.removeAll = database.prepare('DELETE FROM lc_deduplication WHERE queue_id = ?');
  }

  /** @returns the id of the message that came first with this deduplication id */
  claim({ id }: QueueRecord, deduplicationId: string, messageId: string, now: number): string {
    this.forget.run(now);
    const first = this.find.get(id, deduplicationId);
    if (first) return first.message_id;
    this.add.run(id, deduplicationId, messageId, now + DEDUPLICATION_WINDOW);
    return messageId;
  }

  drop({ id }: QueueRecord): void {
    this.removeAll.run(id);
  }
}
