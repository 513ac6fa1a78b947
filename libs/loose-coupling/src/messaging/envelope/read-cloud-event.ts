import { UnparsableMessageError } from '../errors/unparsable-message.error.js';
import { quote, type JsonRecord } from './describe-json.js';
import type { MessageEnvelope } from './message-envelope.js';
import { readOptionalExtension, readOptionalText, readOptionalTime, readText } from './read-attribute.js';

const EXTENSIONS = [
  'dataversion',
  'correlationid',
  'causationid',
  'traceparent',
  'tracestate',
  'partitionkey',
  'tenantid',
  'replyto',
  'idempotencykey',
] as const;

/** "application/json", with or without parameters, and any "+json". */
const JSON_CONTENT = /^[\w.!#$&^-]+\/(?:[\w.!#$&^-]+\+)?json\s*(?:;|$)/i;

/** Structured mode: attributes and data in one object. Absent data reads as null. */
export function readCloudEvent(event: JsonRecord, sentAt: number): MessageEnvelope {
  if (Object.hasOwn(event, 'data_base64')) {
    throw new UnparsableMessageError('its data is binary ("data_base64"), which this package does not read');
  }
  return readEnvelope(event, event['data'] ?? null, sentAt);
}

/** Binary mode: attributes beside the body, which is the data. Nothing, when the attributes are not CloudEvents'. */
export function readCloudEventAttributes(
  attributes: Readonly<Record<string, string>>,
  data: unknown,
  sentAt: number,
): MessageEnvelope | undefined {
  const event: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('ce-') || name.startsWith('ce_')) event[name.slice(3)] = value;
  }
  if (event['specversion'] === undefined) return undefined;
  const contentType = attributes['content-type'];
  return readEnvelope(contentType === undefined ? event : { ...event, datacontenttype: contentType }, data, sentAt);
}

function readEnvelope(event: JsonRecord, data: unknown, sentAt: number): MessageEnvelope {
  const specversion = readText(event, 'specversion');
  if (specversion !== '1.0') {
    throw new UnparsableMessageError(`its CloudEvents specversion should be "1.0", but is ${quote(specversion)}`);
  }
  const contentType = readOptionalText(event, 'datacontenttype');
  if (contentType !== undefined && !JSON_CONTENT.test(contentType)) {
    throw new UnparsableMessageError(`its data should be JSON, but datacontenttype is ${quote(contentType)}`);
  }
  const subject = readOptionalText(event, 'subject');
  const expirytime = readOptionalTime(event, 'expirytime');
  const extensions: { -readonly [name in (typeof EXTENSIONS)[number]]?: string } = {};
  for (const name of EXTENSIONS) {
    const value = readOptionalExtension(event, name);
    if (value !== undefined) extensions[name] = value;
  }
  return {
    specversion,
    id: readText(event, 'id'),
    source: readText(event, 'source'),
    type: readText(event, 'type'),
    time: readOptionalTime(event, 'time') ?? new Date(sentAt).toISOString(),
    datacontenttype: 'application/json',
    ...(subject !== undefined && { subject }),
    ...extensions,
    ...(expirytime !== undefined && { expirytime }),
    data,
  };
}
