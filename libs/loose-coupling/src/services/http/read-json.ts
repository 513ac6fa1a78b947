import { parseUntrustedJson } from '../../kernel/index.js';
import type { HttpAnswer } from './http-port.js';

/** Thrown within this folder: why an answer could not be read. */
export class UnreadableAnswer extends Error {}

/**
 * The body as JSON, undefined when there is none.
 * @throws {UnreadableAnswer} when it was too long, or no JSON
 */
export function readJson({ headers, body, tooLong }: HttpAnswer, maxBytes: number): unknown {
  if (tooLong) throw new UnreadableAnswer(`is longer than ${maxBytes} bytes (\`maxResponseBytes\`)`);
  if (body === '') return undefined;
  const type = String(headers['content-type'] ?? '');
  // A service that says nothing of the type is taken at its word by the parser.
  if (type !== '' && !/^application\/(?:[\w.+-]+\+)?json\b/i.test(type))
    throw new UnreadableAnswer(`is "${type}" and not JSON`);
  try {
    return parseUntrustedJson(body.startsWith('\uFEFF') ? body.slice(1) : body);
  } catch (error) {
    throw new UnreadableAnswer('says that it is JSON and is not', { cause: error });
  }
}
