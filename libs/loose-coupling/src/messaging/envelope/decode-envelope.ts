import { parseUntrustedJson } from '../../kernel/index.js';
import { UnparsableMessageError } from '../errors/unparsable-message.error.js';
import { readCloudEvent, readCloudEventAttributes } from './read-cloud-event.js';
import { describeJson, isRecord, quote, type JsonRecord } from './describe-json.js';
import { readEventBridgeEvent } from './read-eventbridge-event.js';
import { isNestedDeeper, MAX_RECEIVED_DEPTH } from './json-depth.js';
import type { MessageEnvelope } from './message-envelope.js';
import { readS3Notification, readS3TestEvent } from './read-s3-notification.js';
import { readSnsNotification } from './read-sns-notification.js';

/** What the envelope was written as, after unwrapping. */
export type MessageShape = 'cloudevents' | 'cloudevents-binary' | 'eventbridge' | 's3';

export interface DecodedMessage {
  readonly envelope: MessageEnvelope;
  readonly shape: MessageShape;
}

type Attributes = Readonly<Record<string, string>>;

/** SNS in SNS does not happen; EventBridge to SNS to SQS around a CloudEvent makes two. */
const MAX_WRAPPERS = 4;

/**
 * Reads what came from a queue: CloudEvents (structured, or binary with the attributes `ce-id`, `ce-type` … or
 * `ce_id`, `ce_type` …), as it is or wrapped by SNS and EventBridge; an EventBridge event of another system; a notification of S3.
 * The text is untrusted: every attribute is checked, unknown ones are left out, nesting is limited.
 * @param sentAt epoch milliseconds, the time of a message that tells none. Default 0.
 * @throws {UnparsableMessageError} for anything else
 */
export function decodeMessage(body: string, attributes: Attributes = {}, sentAt = 0): DecodedMessage {
  return decodeText(body, attributes, sentAt, 0);
}

function decodeText(text: string, attributes: Attributes, sentAt: number, wrappers: number): DecodedMessage {
  if (isNestedDeeper(text, MAX_RECEIVED_DEPTH)) {
    throw new UnparsableMessageError(`it nests deeper than ${MAX_RECEIVED_DEPTH} levels`);
  }
  return decodeValue(parse(text), attributes, sentAt, wrappers);
}

function decodeValue(value: unknown, attributes: Attributes, sentAt: number, wrappers: number): DecodedMessage {
  if (wrappers > MAX_WRAPPERS) throw new UnparsableMessageError(`it is wrapped more than ${MAX_WRAPPERS} times`);
  if (isCloudEvent(value)) return { envelope: readCloudEvent(value, sentAt), shape: 'cloudevents' };
  const binary = readCloudEventAttributes(attributes, value, sentAt);
  if (binary) return { envelope: binary, shape: 'cloudevents-binary' };
  if (isRecord(value)) {
    const notification = readSnsNotification(value);
    if (notification) {
      const { text, attributes: inner, time = sentAt } = notification;
      return decodeText(text, inner, time, wrappers + 1);
    }
    const stored = readS3Notification(value) ?? readS3TestEvent(value);
    if (stored) return { envelope: stored, shape: 's3' };
    if (value['detail-type'] !== undefined) {
      const envelope = readEventBridgeEvent(value);
      // Ours travel inside of the detail.
      return isCloudEvent(envelope.data)
        ? decodeValue(envelope.data, {}, Date.parse(envelope.time), wrappers + 1)
        : { envelope, shape: 'eventbridge' };
    }
  }
  throw new UnparsableMessageError(`it is ${describeJson(value)}, in no known envelope`);
}

const isCloudEvent = (value: unknown): value is JsonRecord => isRecord(value) && value['specversion'] !== undefined;

function parse(text: string): unknown {
  try {
    return parseUntrustedJson(text);
  } catch {
    // The parser's own message quotes the text, so it is not passed on as the cause.
    throw new UnparsableMessageError(`its body is not JSON; it starts with ${quote(text)}`);
  }
}
