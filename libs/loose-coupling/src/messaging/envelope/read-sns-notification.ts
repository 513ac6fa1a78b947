import { UnparsableMessageError } from '../errors/unparsable-message.error.js';
import { isRecord, quote, type JsonRecord } from './describe-json.js';
import { readOptionalTime } from './read-attribute.js';

export interface SnsNotification {
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly time?: number;
}

/**
 * The envelope that SNS puts around a message, unless the subscription has raw delivery.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function readSnsNotification(value: JsonRecord): SnsNotification | undefined {
  const { Type: type, Message: text } = value;
  if (typeof type !== 'string' || typeof value['TopicArn'] !== 'string') return undefined;
  if (type !== 'Notification') throw new UnparsableMessageError(`it is an SNS message of type ${quote(type)}`);
  if (typeof text !== 'string') throw new UnparsableMessageError('its SNS notification has no text in "Message"');
  const time = readOptionalTime(value, 'Timestamp');
  return { text, attributes: readAttributes(value['MessageAttributes']), ...(time && { time: Date.parse(time) }) };
}

function readAttributes(value: unknown): Record<string, string> {
  const attributes: Record<string, string> = {};
  if (!isRecord(value)) return attributes;
  for (const [name, attribute] of Object.entries(value)) {
    if (isRecord(attribute) && typeof attribute['Value'] === 'string') attributes[name] = attribute['Value'];
  }
  return attributes;
}
