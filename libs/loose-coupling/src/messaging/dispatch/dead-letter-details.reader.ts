import { parseUntrustedJson } from '../../kernel/index.js';
import { DEAD_LETTER_ATTRIBUTE, type DeadLetterDetails } from '../core/dead-letter.js';
import type { ReceivedMessage } from '../core/message-queue.js';

/** What is known of a dead letter. The queue itself gives no reason when a message was delivered too often. */
export function readDeadLetterDetails(message: ReceivedMessage, originalQueue: string): DeadLetterDetails {
  const details = parse(message.attributes[DEAD_LETTER_ATTRIBUTE]);
  return {
    errorType: text(details['errorType']) ?? 'DeliveredTooOften',
    ...optional('errorCode', details),
    message:
      text(details['message']) ??
      'The queue gave it up after too many deliveries, none of which came to an end: the process may have been killed each time.',
    ...optional('stack', details),
    failedAt: text(details['failedAt']) ?? new Date(message.sentAt).toISOString(),
    originalQueue: text(details['originalQueue']) ?? originalQueue,
    attempts: count(details['attempts']),
    ...optional('handler', details),
    redriveCount: count(details['redriveCount']),
  };
}

function parse(attribute: string | undefined): Record<string, unknown> {
  if (attribute === undefined) return {};
  try {
    const value = parseUntrustedJson(attribute);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const count = (value: unknown): number => (Number.isSafeInteger(value) ? Math.max(0, value as number) : 0);

function optional(key: 'errorCode' | 'stack' | 'handler', details: Record<string, unknown>) {
  const value = text(details[key]);
  return value === undefined ? {} : { [key]: value };
}
