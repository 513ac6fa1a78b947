import type { SqliteDatabase, SqliteStatement } from '../../../sqlite/index.js';
import type { QueueDepth } from '../../core/message-queue.js';
import type { QueueRecord } from '../topology/topology-document.js';

/** Counts the messages of a queue; the only query whose cost grows with their number. */
export class DepthQuery {
  private readonly standard: SqliteStatement<QueueDepth>;
  private readonly fifo: SqliteStatement<QueueDepth>;

  constructor(database: SqliteDatabase) {
    // The condition on the group is what lets each use its index.
    this.standard = database.prepare(depthOf('group_id IS NULL'));
    this.fifo = database.prepare(depthOf('group_id IS NOT NULL'));
  }

  of({ id, fifo }: QueueRecord, now: number): QueueDepth {
    const [counts] = (fifo ? this.fifo : this.standard).all(now, id, now);
    return { available: 0, inFlight: 0, delayed: 0, ...counts };
  }
}

const depthOf = (condition: string): string => `
  SELECT COUNT(*) FILTER (WHERE visible) AS available,
    COUNT(*) FILTER (WHERE NOT visible AND receive_count > 0) AS inFlight,
    COUNT(*) FILTER (WHERE NOT visible AND receive_count = 0) AS delayed
  FROM (
    SELECT visible_at <= ? AS visible, receive_count FROM lc_message WHERE queue_id = ? AND ${condition} AND expires_at > ?
  )`;
