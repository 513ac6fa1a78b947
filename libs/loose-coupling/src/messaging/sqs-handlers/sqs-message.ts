import type { ReceivedMessage } from '../core/message-queue.js';

/** What a `@SqsMessageHandler` gets: a message in the shape of SQS. Where it comes over SQS, it is the SDK's own. */
export interface SqsMessage {
  MessageId?: string | undefined;
  ReceiptHandle?: string | undefined;
  Body?: string | undefined;
  Attributes?: Partial<Record<string, string>> | undefined;
  MessageAttributes?: Record<string, { DataType: string | undefined; StringValue?: string | undefined }> | undefined;
}

export function toSqsMessage(message: ReceivedMessage): SqsMessage {
  return (message.native as SqsMessage | undefined) ?? fromBroker(message);
}

function fromBroker(message: ReceivedMessage): SqsMessage {
  const { messageId, receiptHandle, body, attributes, receiveCount, sentAt, groupId, deduplicationId } = message;
  return {
    MessageId: messageId,
    ReceiptHandle: receiptHandle,
    Body: body,
    Attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      ...(groupId !== undefined && { MessageGroupId: groupId }),
      ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
    },
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    ),
  };
}
