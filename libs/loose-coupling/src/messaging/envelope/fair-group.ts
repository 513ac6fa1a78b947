import { createHash } from 'node:crypto';
import type { MessageEnvelope } from './message-envelope.js';

/** What SQS and SNS take. */
const GROUP = /^[\x21-\x7e]{1,128}$/;

/**
 * For a queue or topic without order: the tenant as the message group, by which SQS keeps the backlog of one from delaying the
 * others (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html). Of an id that AWS would refuse,
 * the hash.
 */
export function fairGroupOf({ tenantid }: Pick<MessageEnvelope, 'tenantid'>): { groupId?: string } {
  if (tenantid === undefined) return {};
  return { groupId: GROUP.test(tenantid) ? tenantid : createHash('sha256').update(tenantid).digest('hex') };
}
