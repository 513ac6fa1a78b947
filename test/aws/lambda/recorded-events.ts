import type { SqsLambdaEvent, SqsLambdaRecord } from 'nestjs-loose-coupling/aws';
import type { ReceivedMessage } from 'nestjs-loose-coupling';

/** As Lambda hands over a message of a standard queue; with the types as Lambda has them. */
export const RECORDED_SQS_EVENT = {
  Records: [
    {
      messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
      receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
      body: '{"specversion":"1.0","id":"e1","source":"shop","type":"shop.order.placed","data":{"orderId":"1"}}',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1545082649183',
        SenderId: 'AIDAIENQZJOLO23YVJ4VO',
        ApproximateFirstReceiveTimestamp: '1545082649185',
      },
      messageAttributes: {
        myAttribute: { stringValue: 'myValue', stringListValues: [], binaryListValues: [], dataType: 'String' },
      },
      md5OfBody: '098f6bcd4621d373cade4e832627b4f6',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:app-shop-order-placed',
      awsRegion: 'us-east-2',
    },
  ],
};

/** As Lambda hands over an event of a rule. */
export const RECORDED_EVENTBRIDGE_EVENT = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'shop.order.placed',
  source: 'shop',
  account: '111122223333',
  time: '2017-12-22T18:43:48Z',
  region: 'us-west-1',
  resources: [],
  detail: { specversion: '1.0', id: 'e1', source: 'shop', type: 'shop.order.placed', data: { orderId: '1' } },
};

/** What Lambda makes of received messages. */
export const sqsEventOf = (queue: string, messages: readonly ReceivedMessage[]): SqsLambdaEvent => ({
  Records: messages.map((message): SqsLambdaRecord => {
    const { messageId, receiptHandle, body, attributes, receiveCount, sentAt, groupId, deduplicationId } = message;
    return {
      messageId,
      receiptHandle,
      body,
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: String(sentAt),
        ...(groupId !== undefined && { MessageGroupId: groupId }),
        ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
      },
      messageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue, dataType: 'String' }]),
      ),
      eventSourceARN: `arn:aws:sqs:us-east-2:123456789012:${queue}`,
    };
  }),
});
