import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { ReceivedMessage } from '../../messaging/index.js';

/** A message of SQS as the engine takes it. */
export function receivedMessage(message: Message): ReceivedMessage {
  const system = message.Attributes ?? {};
  const { MessageGroupId: groupId, MessageDeduplicationId: deduplicationId, AWSTraceHeader: traceHeader } = system;
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: textAttributes(message.MessageAttributes),
    receiveCount: Number(system.ApproximateReceiveCount) || 1,
    sentAt: Number(system.SentTimestamp) || 0,
    ...(groupId !== undefined && { groupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
    ...(traceHeader !== undefined && { traceHeader }),
    native: message,
  };
}

/** Those of other senders may be binary; they come as base64. */
function textAttributes(values: Record<string, MessageAttributeValue> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, { StringValue, BinaryValue }]) => [
      name,
      StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64'),
    ]),
  );
}
