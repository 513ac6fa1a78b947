import type { TopicEntry } from '../local-broker.js';

/** Account and region of the embedded broker in AWS's formats. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'local';

/**
 * What SNS delivers to a queue without raw delivery.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function snsNotification(topic: string, entry: TopicEntry, messageId: string, now: number): string {
  const attributes = Object.entries(entry.attributes ?? {}).map(
    ([name, value]) => [name, { Type: entry.attributeTypes?.[name] ?? 'String', Value: value }] as const,
  );
  return JSON.stringify({
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: `arn:aws:sns:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${topic}`,
    Message: entry.body,
    Timestamp: new Date(now).toISOString(),
    ...(attributes.length > 0 && { MessageAttributes: Object.fromEntries(attributes) }),
  });
}
