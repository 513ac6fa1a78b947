import { UnserializableDataError } from '../errors/unserializable-data.error.js';
import { isNestedDeeper, MAX_SENT_DEPTH } from './json-depth.js';
import type { MessageEnvelope } from './message-envelope.js';

/**
 * Writes a message as CloudEvents structured JSON. Inside of the data the rules of JSON.stringify hold: `undefined`
 * properties are left out, dates become text.
 * @throws {UnserializableDataError} for data that JSON cannot carry, or that nests deeper than 64 levels
 */
export function encodeEnvelope(envelope: MessageEnvelope): string {
  const { data, ...attributes } = envelope;
  const text = `${JSON.stringify(attributes).slice(0, -1)},"data":${encodeData(envelope.type, data)}}`;
  if (isNestedDeeper(text, MAX_SENT_DEPTH)) {
    throw new UnserializableDataError(envelope.type, `one nested deeper than ${MAX_SENT_DEPTH - 1} levels`);
  }
  return text;
}

function encodeData(type: string, data: unknown): string {
  if (typeof data === 'number' && !Number.isFinite(data)) throw new UnserializableDataError(type, String(data));
  let text: string | undefined;
  try {
    text = JSON.stringify(data);
  } catch (cause) {
    // A BigInt or a cycle anywhere, or a toJSON that throws.
    throw new UnserializableDataError(type, 'one that JSON.stringify refuses', { cause });
  }
  if (text === undefined)
    throw new UnserializableDataError(type, data === undefined ? 'undefined' : `a ${typeof data}`);
  return text;
}
