import type { ReceivedMessage } from '../../core/message-queue.js';
import { formatReceipt } from '../receipt.js';

/** Columns that a receive reads, in SQL. */
export const MESSAGE_COLUMNS =
  'sequence, message_id, body, attributes, group_id, deduplication_id, sent_at, visible_at, expires_at, receive_count';

export interface MessageRow {
  readonly sequence: number;
  readonly message_id: string;
  readonly body: string;
  /** JSON; null for none. */
  readonly attributes: string | null;
  readonly group_id: string | null;
  readonly deduplication_id: string | null;
  readonly sent_at: number;
  readonly visible_at: number;
  readonly expires_at: number;
  /** With the receive that reads it counted. */
  readonly receive_count: number;
}

const NONE: Readonly<Record<string, string>> = Object.freeze({});

export function toReceivedMessage(row: MessageRow): ReceivedMessage {
  return {
    messageId: row.message_id,
    receiptHandle: formatReceipt(row.sequence, row.message_id, row.receive_count),
    body: row.body,
    attributes: row.attributes === null ? NONE : (JSON.parse(row.attributes) as Record<string, string>),
    receiveCount: row.receive_count,
    sentAt: row.sent_at,
    ...(row.group_id !== null && { groupId: row.group_id }),
    ...(row.deduplication_id !== null && { deduplicationId: row.deduplication_id }),
  };
}
