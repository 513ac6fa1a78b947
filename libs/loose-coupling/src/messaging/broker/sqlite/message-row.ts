import type { ReceivedMessage } from '../../core/message-queue.js';
import { formatReceipt } from '../receipt.js';

/** Columns that a receive reads, in SQL. */
export const MESSAGE_COLUMNS =
  'sequence, message_id, body, attributes, group_id, deduplication_id, sent_at, visible_at, expires_at, receive_count, unhandled_count';

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
  /** How often it was handed out; in a received message, with that time. */
  readonly receive_count: number;
  /** How many of them do not count, because the message was not handled. */
  readonly unhandled_count: number;
}

const NONE: Readonly<Record<string, string>> = Object.freeze({});

export function toReceivedMessage(row: MessageRow): ReceivedMessage {
  return {
    messageId: row.message_id,
    receiptHandle: formatReceipt({
      sequence: row.sequence,
      messageId: row.message_id,
      handOuts: row.receive_count,
      unhandled: row.unhandled_count,
    }),
    body: row.body,
    attributes: row.attributes === null ? NONE : (JSON.parse(row.attributes) as Record<string, string>),
    receiveCount: row.receive_count - row.unhandled_count,
    sentAt: row.sent_at,
    ...(row.group_id !== null && { groupId: row.group_id }),
    ...(row.deduplication_id !== null && { deduplicationId: row.deduplication_id }),
  };
}
