import { createHash } from 'node:crypto';
import type { MessageEnvelope } from './message-envelope.js';

/** What SQS and SNS take as a group or a deduplication id. */
const ID = /^[\x21-\x7e]{1,128}$/;

/** The text, or its hash where AWS would refuse it: keys and ids of others have spaces and umlauts in them, or are longer. */
export const fifoId = (text: string): string =>
  ID.test(text) ? text : createHash('sha256').update(text).digest('hex');

/** What keeps a message in the order of its key, and recognises its repeats; one without a key is a group of its own. */
export const fifoOrderOf = ({
  partitionkey,
  id,
}: Pick<MessageEnvelope, 'partitionkey' | 'id'>): { readonly groupId: string; readonly deduplicationId: string } => ({
  groupId: fifoId(partitionkey ?? id),
  deduplicationId: fifoId(id),
});
