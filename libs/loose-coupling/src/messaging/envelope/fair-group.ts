import { fifoId } from './fifo-order.js';
import type { MessageEnvelope } from './message-envelope.js';

/**
 * For a queue or topic without order: the tenant as the message group, by which SQS keeps the backlog of one from delaying the
 * others (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html). Of an id that AWS would refuse,
 * the hash.
 */
export function fairGroupOf({ tenantid }: Pick<MessageEnvelope, 'tenantid'>): { groupId?: string } {
  return tenantid === undefined ? {} : { groupId: fifoId(tenantid) };
}
