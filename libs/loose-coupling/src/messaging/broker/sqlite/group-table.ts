import type { SqliteDatabase } from '../../../sqlite/index.js';
import type { QueueRecord } from '../topology/topology-document.js';

/** The rows of `lc_group`: when each group of the FIFO queues can next be received from. */
export class GroupTable {
  private readonly add;
  private readonly due;
  private readonly next;
  private readonly first;
  private readonly lastHandedOut;
  private readonly set;
  private readonly remove;
  private readonly removeAll;

  constructor(database: SqliteDatabase) {
    this.add = database.prepare(
      'INSERT INTO lc_group (queue_id, group_id, available_at, first_sequence) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.due = database.prepare<{ group_id: string }>(
      `SELECT group_id FROM lc_group WHERE queue_id = ? AND available_at <= ?
       ORDER BY available_at, first_sequence LIMIT ?`,
    );
    this.next = database.prepare<{ available_at: number }>(
      'SELECT available_at FROM lc_group WHERE queue_id = ? ORDER BY available_at LIMIT 1',
    );
    this.first = database.prepare<{ sequence: number; visible_at: number }>(
      'SELECT sequence, visible_at FROM lc_message WHERE queue_id = ? AND group_id = ? ORDER BY sequence LIMIT 1',
    );
    this.lastHandedOut = database.prepare<{ visible_at: number }>(
      `SELECT visible_at FROM lc_message WHERE queue_id = ? AND group_id = ? AND receive_count > 0
       ORDER BY visible_at DESC LIMIT 1`,
    );
    this.set = database.prepare(
      'UPDATE lc_group SET available_at = ?, first_sequence = ? WHERE queue_id = ? AND group_id = ?',
    );
    this.remove = database.prepare('DELETE FROM lc_group WHERE queue_id = ? AND group_id = ?');
    this.removeAll = database.prepare('DELETE FROM lc_group WHERE queue_id = ?');
  }

  /** Makes the group of a new message known; an existing one keeps its place. */
  added({ id }: QueueRecord, groupId: string, visibleAt: number, sequence: number): void {
    this.add.run(id, groupId, visibleAt, sequence);
  }

  /** Groups that can be received from, those that can be for longest first. */
  available({ id }: QueueRecord, now: number, max: number): string[] {
    return this.due.all(id, now, max).map((row) => row.group_id);
  }

  nextDue({ id }: QueueRecord): number | undefined {
    return this.next.get(id)?.available_at;
  }

  /** Works out its place again, after messages of it were handed out, deleted or shown. */
  refresh({ id }: QueueRecord, groupId: string): void {
    const first = this.first.get(id, groupId);
    if (!first) {
      this.remove.run(id, groupId);
      return;
    }
    const hidden = this.lastHandedOut.get(id, groupId);
    this.set.run((hidden ?? first).visible_at, first.sequence, id, groupId);
  }

  purge({ id }: QueueRecord): void {
    this.removeAll.run(id);
  }
}
