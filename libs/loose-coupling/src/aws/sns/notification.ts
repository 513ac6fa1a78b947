import { faultOfAttributes, faultOfId, faultOfText } from '../publishing/message-rules.js';

/** A message for a topic. */
export interface Notification {
  readonly message: string;
  /** Text attributes. With raw delivery SQS takes at most 10. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** 1 to 100 characters of ASCII in one line, of which the first is a letter, a digit or punctuation. */
  readonly subject?: string;
  /** FIFO topics. On a standard topic: the tenant, for fair queues. */
  readonly groupId?: string;
  /** FIFO topics. Default: a new UUIDv7. */
  readonly deduplicationId?: string;
}

/** SNS delivers a message with more to no raw SQS subscription, without a word. */
const MAX_ATTRIBUTES = 10;
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,99}$/;

/** What SNS would refuse, or drop on the way, about a message. */
export function faultOfNotification(
  { message, attributes = {}, subject, groupId, deduplicationId }: Notification,
  fifo: boolean,
): string | undefined {
  const count = Object.keys(attributes).length;
  if (count > MAX_ATTRIBUTES) {
    return `it has ${count} attributes; SNS drops a message with more than ${MAX_ATTRIBUTES} on the way to SQS.`;
  }
  if (fifo && groupId === undefined) {
    return 'a FIFO topic needs a groupId, which says what must stay in order.';
  }
  if (subject !== undefined && !SUBJECT.test(subject)) {
    return `its subject must be 1 to 100 characters of ASCII in one line, is ${JSON.stringify(subject)}.`;
  }
  return (
    faultOfText('message', message) ??
    faultOfAttributes(attributes) ??
    (groupId === undefined ? undefined : faultOfId('groupId', groupId)) ??
    (fifo && deduplicationId !== undefined ? faultOfId('deduplicationId', deduplicationId) : undefined)
  );
}
