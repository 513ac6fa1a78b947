import { createHash } from 'node:crypto';
import { utf8Length, uuidv7 } from '../../kernel/index.js';
import { DEAD_LETTER_ATTRIBUTE } from '../core/dead-letter.js';
import type { QueueEntry } from '../core/message-queue.js';
import { InvalidMessageError } from '../errors/invalid-message.error.js';
import { MessageTooLargeError } from '../errors/message-too-large.error.js';
import { DEAD_LETTER_ROOM, MAX_ATTRIBUTES, MAX_ID_LENGTH, MAX_MESSAGE_BYTES } from './broker-limits.js';
import type { NewMessage } from './broker-storage.js';
import type { QueueRecord } from './topology/topology-document.js';

/** The characters that SQS refuses: controls but tab, line feed and carriage return, halves of pairs, U+FFFE and U+FFFF. */
// oxlint-disable-next-line no-control-regex
const REFUSED_CHARACTERS = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Surrogate}]/u;
const MAX_BYTES_PER_UNIT = 3;
const NONE: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Checks an entry as SQS does, but for the dead-letter details, and makes a message of it.
 * @param messageId default: a new one
 * @throws {InvalidMessageError}
 * @throws {MessageTooLargeError}
 */
export function prepareMessage(
  queue: QueueRecord,
  entry: QueueEntry,
  { now, retention, messageId }: { now: number; retention: number; messageId?: string },
): NewMessage {
  const { delay = 0 } = entry;
  if (!(Number.isFinite(delay) && delay >= 0)) refuse(queue, `its delay must be milliseconds, 0 or more, is ${delay}.`);
  checkContent(queue, entry);
  const attributes = entry.attributes ? Object.freeze({ ...entry.attributes }) : NONE;
  const visibleAt = now + Math.ceil(delay);
  const message = {
    messageId: messageId ?? uuidv7(now),
    body: entry.body,
    attributes,
    sentAt: now,
    visibleAt,
    expiresAt: visibleAt + retention,
  };
  return queue.fifo ? { ...message, ...fifoFields(queue, entry) } : message;
}

function fifoFields(queue: QueueRecord, { groupId, deduplicationId, delay, body }: QueueEntry) {
  if (delay) refuse(queue, 'a FIFO queue takes no delay for single messages, because it would break their order.');
  if (groupId === undefined) refuse(queue, 'a FIFO queue needs a groupId, which says what must stay in order.');
  checkId(queue, 'groupId', groupId);
  if (deduplicationId !== undefined) checkId(queue, 'deduplicationId', deduplicationId);
  return { groupId, deduplicationId: deduplicationId ?? createHash('sha256').update(body).digest('hex') };
}

function checkId(queue: QueueRecord, name: string, id: string): void {
  if (typeof id !== 'string' || id.length === 0 || id.length > MAX_ID_LENGTH || REFUSED_CHARACTERS.test(id)) {
    refuse(queue, `its ${name} must be text of 1 to ${MAX_ID_LENGTH} characters, is ${JSON.stringify(id)}.`);
  }
}

function checkContent(queue: QueueRecord, { body, attributes = NONE }: QueueEntry): void {
  if (typeof body !== 'string') refuse(queue, `its body must be text, is ${typeof body}.`);
  if (REFUSED_CHARACTERS.test(body)) refuse(queue, 'its body has a control character, or half of a surrogate pair.');
  let rest = 0;
  let count = 0;
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value !== 'string') refuse(queue, `its attribute "${name}" must be text, is ${typeof value}.`);
    if (name === '' || REFUSED_CHARACTERS.test(name) || REFUSED_CHARACTERS.test(value)) {
      refuse(queue, `its attribute ${JSON.stringify(name)} has a character that SQS does not take, or no name.`);
    }
    const bytes = utf8Length(name) + utf8Length(value);
    rest += name === DEAD_LETTER_ATTRIBUTE ? Math.max(0, bytes - DEAD_LETTER_ROOM) : bytes;
    count += 1;
  }
  if (count > MAX_ATTRIBUTES) refuse(queue, `it has ${count} attributes, at most ${MAX_ATTRIBUTES} are taken.`);
  if (body.length * MAX_BYTES_PER_UNIT + rest <= MAX_MESSAGE_BYTES) return;
  const bytes = utf8Length(body) + rest;
  if (bytes > MAX_MESSAGE_BYTES) {
    throw new MessageTooLargeError(`The message for queue "${queue.name}"`, bytes, MAX_MESSAGE_BYTES);
  }
}

function refuse(queue: QueueRecord, fault: string): never {
  throw new InvalidMessageError(queue.name, fault);
}
