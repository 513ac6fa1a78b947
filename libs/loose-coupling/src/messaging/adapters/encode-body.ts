import { UnserializableDataError } from '../errors/unserializable-data.error.js';

/**
 * Text goes as it is, anything else as JSON.
 * @throws {UnserializableDataError} for what JSON cannot carry
 */
export function encodeBody(destination: string, body: unknown): string {
  if (typeof body === 'string') return body;
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch (cause) {
    throw new UnserializableDataError(`a message for ${destination}`, 'one that JSON.stringify refuses', { cause });
  }
  if (text === undefined) throw new UnserializableDataError(`a message for ${destination}`, typeof body);
  return text;
}
