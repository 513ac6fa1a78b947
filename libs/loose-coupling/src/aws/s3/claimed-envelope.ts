import { parseUntrustedJson } from '../../kernel/index.js';
import type { MessageEnvelope } from '../../messaging/index.js';

type JsonRecord = Readonly<Record<string, unknown>>;

/** EventBridge to SNS to SQS makes two; one more for whoever forwards. */
const MAX_WRAPPERS = 4;

/** The text of a message whose data is elsewhere. */
export function withReference(envelope: MessageEnvelope, dataref: string): string {
  const { data: _, ...attributes } = envelope;
  return JSON.stringify({ ...attributes, dataref });
}

/** The text of a message with its data, which is JSON, back in its place. */
export function withData(envelope: JsonRecord, data: string): string {
  const { dataref: _, ...attributes } = envelope;
  return `${JSON.stringify(attributes).slice(0, -1)},"data":${data}}`;
}

/** The CloudEvent without data in a received text, as it is or wrapped by SNS and EventBridge, and where its data is. */
export function findReference(text: string): { readonly envelope: JsonRecord; readonly reference: string } | undefined {
  let value = parse(text);
  for (let wrappers = 0; wrappers <= MAX_WRAPPERS && isRecord(value); wrappers += 1) {
    const { specversion, dataref, data } = value;
    if (specversion !== undefined) {
      // With both, the data is the same, and already here.
      return typeof dataref === 'string' && data === undefined ? { envelope: value, reference: dataref } : undefined;
    }
    value = typeof value['Message'] === 'string' ? parse(value['Message']) : value['detail'];
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return parseUntrustedJson(text);
  } catch {
    // Whoever decodes the message says what is wrong with it.
    return undefined;
  }
}

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
