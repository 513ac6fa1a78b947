import type { ReceivedMessage } from '../../messaging/index.js';
import type { EventBridgeLambdaEvent, SqsLambdaRecord } from './lambda-events.js';

/** A record of an SQS event source as the engine takes it. */
export function receivedRecord(record: SqsLambdaRecord): ReceivedMessage {
  const { messageId, receiptHandle, body, attributes: system, messageAttributes } = record;
  const { MessageGroupId: groupId, MessageDeduplicationId: deduplicationId, AWSTraceHeader: traceHeader } = system;
  return {
    messageId,
    receiptHandle,
    body,
    attributes: Object.fromEntries(
      Object.entries(messageAttributes).map(([name, value]) => [name, value.stringValue ?? value.binaryValue ?? '']),
    ),
    receiveCount: Number(system.ApproximateReceiveCount) || 1,
    sentAt: Number(system.SentTimestamp) || 0,
    ...(groupId !== undefined && { groupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
    ...(traceHeader !== undefined && { traceHeader }),
  };
}

/** Lambda does not tell how often it has tried. */
export const receivedEvent = (event: EventBridgeLambdaEvent): ReceivedMessage => ({
  messageId: event.id,
  receiptHandle: event.id,
  body: JSON.stringify(event),
  attributes: {},
  receiveCount: 1,
  sentAt: Date.parse(event.time) || 0,
});
